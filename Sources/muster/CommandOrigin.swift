/// What a command's id tells of the work that the command was a part of.
///
/// An import's commands are named by its random id and the number of the chunk, a restore's by the
/// position it goes back to as well.
enum CommandOrigin: Hashable {
    case importing(id: String, chunk: Int)
    case restoring(position: UInt64, id: String, chunk: Int)

    private static let restoring = "restore"

    /// Nil where the id is of no such work, or of another program's making.
    init?(commandId: String) {
        var parts = commandId.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 2, let chunk = Self.number(parts.removeLast()), chunk > 0 else {
            return nil
        }
        if parts.count == 3, parts[0] == Self.restoring, let position = UInt64(parts[1]) {
            self = .restoring(position: position, id: String(parts[2]), chunk: chunk)
            return
        }
        if parts.count == 2, parts[0] == "import" { parts.removeFirst() }
        guard parts.count == 1, Self.isRandom(parts[0]) else { return nil }
        self = .importing(id: String(parts[0]), chunk: chunk)
    }

    /// The id of one chunk's command of a restore.
    static func ofRestore(to position: UInt64, id: String, chunk: Int) -> String {
        "\(restoring)-\(position)-\(id)-\(chunk)"
    }

    /// Which command of the work it is, from 1.
    var chunk: Int {
        switch self {
        case .importing(_, let chunk), .restoring(_, _, let chunk): chunk
        }
    }

    /// What work the command was a part of, for people.
    var kind: String {
        switch self {
        case .importing(let id, _): "import \(id)"
        case .restoring(let position, _, _): "a restore to position \(position)"
        }
    }

    /// A chunk's number as it is written: digits, the first no 0.
    private static func number(_ text: Substring) -> Int? {
        guard text.utf8.count <= 9, text.utf8.first != UInt8(ascii: "0"),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(text)
    }

    /// Whether it looks like 64 random bits to the base 36, as no date or counter does.
    private static func isRandom(_ text: Substring) -> Bool {
        (8...13).contains(text.utf8.count)
            && text.utf8.contains { (0x61...0x7a).contains($0) }
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) }
    }
}
