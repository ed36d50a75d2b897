/// Reads the files of an import one after the other, and looks that they stay as they are.
struct ImportReader {
    let names: [String]
    private let files: [InputFile]
    private let decoder: () -> any RowDecoder
    private var current: any RowDecoder
    private var index = 0
    /// How many rows were read.
    private(set) var rows = 0

    /// Opens all files; `-` is standard input.
    init(_ paths: [String], decoder: @escaping () -> any RowDecoder) throws(Failure) {
        names = paths
        var files: [InputFile] = []
        for path in paths { files.append(try InputFile.open(path)) }
        self.files = files
        self.decoder = decoder
        current = decoder()
    }

    /// How many bytes were read.
    var done: Int { files.reduce(0) { $0 + $1.bytesRead } }

    /// How many bytes there are; nil where that cannot be known.
    var size: Int? {
        let sizes = files.compactMap(\.size)
        return sizes.count == files.count ? sizes.reduce(0, +) : nil
    }

    /// What the files held when they were opened, where all of them can be read again.
    var contents: [InputFile.Version]? {
        let contents = files.compactMap(\.content)
        return contents.count == files.count ? contents : nil
    }

    /// The next rows, which may be none; nil behind the last.
    mutating func next() throws(Failure) -> [InputRow]? {
        guard files.indices.contains(index) else { return nil }
        let (file, name) = (files[index], names[index])
        let isFirst = file.bytesRead == 0
        let chunk: [UInt8]
        do throws(Failure) {
            chunk = try file.next()
        } catch {
            guard error.status == .unforeseen || error.status == .misuse else { throw error }
            throw Failure(error.status, "\(name): \(error.message ?? "")")
        }
        guard !file.hasChanged else {
            throw Failure(.conflict, "\(name) changed while it was read")
        }
        if isFirst { try Self.judge(chunk, name) }
        do throws(InputError) {
            let new = try current.rows(of: chunk, isLast: chunk.isEmpty).map { row in
                InputRow(file: index, line: row.line, content: row.content)
            }
            rows += new.count
            if chunk.isEmpty { beginNext() }
            return new
        } catch {
            throw .misuse("\(name), line \(error.line.grouped): \(error.message)")
        }
    }

    private mutating func beginNext() {
        index += 1
        current = decoder()
    }

    /// Refuses what is no text at all, before any of it is taken for rows.
    private static func judge(_ chunk: [UInt8], _ name: String) throws(Failure) {
        if chunk.starts(with: [0x1F, 0x8B]) || chunk.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            throw Failure(
                .misuse, "\(name) is compressed",
                remedy: "Unpack it into a pipe: zcat FILE | muster member import INSTANCE -")
        }
        if chunk.starts(with: [0xFF, 0xFE]) || chunk.starts(with: [0xFE, 0xFF]) {
            throw Failure(
                .misuse, "\(name) is UTF-16, and not UTF-8",
                remedy: "Write it anew: iconv -f UTF-16 -t UTF-8 FILE")
        }
        guard !chunk.contains(0) else {
            throw Failure(
                .misuse, "\(name) is no text: it holds bytes of zero",
                remedy: "Give lines, CSV or JSON objects in UTF-8.")
        }
    }
}
