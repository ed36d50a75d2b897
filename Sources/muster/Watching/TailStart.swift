import MusterClient
import MusterCore

/// Finds where to begin, going back from the log's end, so that a long log is not read for its last
/// lines.
struct TailStart {
    private static let firstWindow = 1000
    private static let growth = 8

    let muster: MusterConnection
    let end: Int
    let types: [String]?
    let instance: String?

    /// The position of the first of the last `count` events that are wanted; all of them where there
    /// are fewer.
    func last(_ count: Int) async throws(ClientError) -> Int {
        guard count > 0 else { return end + 1 }
        guard types != nil || instance != nil else { return max(1, end - count + 1) }
        var window = max(Self.firstWindow, count)
        while true {
            let first = max(1, end - window + 1)
            var ring = LastPositions(count)
            var events = events(from: first).makeAsyncIterator()
            while let element = try await events.next() {
                if case .event(let event) = element { ring.add(event.position) }
            }
            if first == 1 || ring.isFull { return ring.first ?? end + 1 }
            window *= Self.growth
        }
    }

    /// A position before the first event of `time` or later; where the clock went back, before the
    /// last place at which it passed that time.
    func before(_ time: Timestamp) async throws(ClientError) -> Int {
        var window = Self.firstWindow
        while true {
            let first = max(1, end - window + 1)
            guard first > 1 else { return 1 }
            let page = try await muster.logPage(from: .position(first))
            guard let event = page.events.first, let at = Timestamp(text: event.at), at >= time
            else { return first }
            window *= Self.growth
        }
    }

    private func events(from first: Int) -> ReplySequence<LogTailElement> {
        muster.log(from: .position(first), types: types, instance: instance)
    }
}

/// The last so many of any number of positions.
struct LastPositions {
    private let limit: Int
    private var positions: [Int] = []
    private var count = 0

    /// Keeps at most `limit`, which is at least 1.
    init(_ limit: Int) {
        self.limit = limit
    }

    var isFull: Bool { count >= limit }

    /// The first that is kept.
    var first: Int? { isFull ? positions[count % limit] : positions.first }

    mutating func add(_ position: Int) {
        if isFull { positions[count % limit] = position } else { positions.append(position) }
        count += 1
    }
}
