/// Cuts bytes into lines, in memory of one line.
///
/// A line ends at a line feed, with or without a carriage return before it; a byte order mark
/// before the first is no part of it.
struct LineSplitter {
    private let limit: Int
    private var held: [UInt8] = []
    private var isOverlong = false
    private var line = 0

    /// A splitter of lines of up to `limit` bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// Hands each line that ends in `chunk` to `body`, with nil in place of an overlong one.
    mutating func split<Fault: Error>(
        _ chunk: [UInt8], isLast: Bool,
        _ body: (_ line: Int, ArraySlice<UInt8>?) throws(Fault) -> Void
    ) throws(Fault) {
        var rest = chunk[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            try give(rest[..<end], body)
            rest = rest[(end + 1)...]
        }
        hold(rest)
        if isLast, isOverlong || !held.isEmpty { try give([], body) }
    }

    private mutating func give<Fault: Error>(
        _ end: ArraySlice<UInt8>,
        _ body: (_ line: Int, ArraySlice<UInt8>?) throws(Fault) -> Void
    ) throws(Fault) {
        line += 1
        var bytes = end
        if !held.isEmpty || isOverlong || end.count > limit {
            hold(end)
            bytes = held[...]
        }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        if line == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        let isOverlong = isOverlong
        self.isOverlong = false
        held.removeAll(keepingCapacity: true)
        try body(line, isOverlong ? nil : bytes)
    }

    private mutating func hold(_ bytes: ArraySlice<UInt8>) {
        guard !isOverlong, held.count + bytes.count <= limit else {
            isOverlong = isOverlong || !bytes.isEmpty
            held.removeAll(keepingCapacity: true)
            return
        }
        held += bytes
    }
}
