/// A file of what an import rejected: CSV of file, line and reason, and the members where asked.
///
/// A write that fails is kept until somebody asks: rows are rejected in the middle of other work.
final class RejectFile {
    private static let pendingBytes = 64 << 10

    let path: String
    /// Why nothing more is written.
    private(set) var failure: Failure?
    private let output: Descriptor
    private let withMembers: Bool
    private var pending: [UInt8] = []

    /// Begins the file, of mode 0600; one that exists is written over, or refused.
    init(_ path: String, withMembers: Bool, replacing: Bool) throws(Failure) {
        self.path = path
        self.withMembers = withMembers
        output = try .file(path, replacing: replacing)
        pending = Array("file,line,reason\(withMembers ? ",member" : "")\n".utf8)
        try flush()
    }

    /// Adds a row; what stood in it only where that was asked for.
    func add(file: String, line: Int, _ reason: String, member: String?) {
        guard failure == nil else { return }
        var fields = [file, "\(line)", reason]
        if withMembers { fields.append(member ?? "") }
        pending += fields.map(Self.quoted).joined(separator: ",").utf8
        pending.append(UInt8(ascii: "\n"))
        guard pending.count >= Self.pendingBytes else { return }
        // It is kept in `failure`, where whoever sends rows looks.
        try? flush()
    }

    /// Writes what is pending.
    func flush() throws(Failure) {
        if let failure { throw failure }
        do throws(Failure) {
            try output.write(bytes: pending)
            pending.removeAll(keepingCapacity: true)
        } catch {
            let failed = Failure(
                error.status,
                "\(path) cannot be written: \(error.message ?? "its reader went away")",
                remedy: "Name another --rejects file, or make room.")
            failure = failed
            throw failed
        }
    }

    private static func quoted(_ field: String) -> String {
        let isPlain = field.utf8.allSatisfy {
            $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\n")
                && $0 != UInt8(ascii: "\r")
        }
        guard !isPlain else { return field }
        return "\""
            + field.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
