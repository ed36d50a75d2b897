import MusterClient
import MusterCore

/// What the daemon will reject, found before anything is sent.
///
/// Who is kept out only the daemon knows.
struct ImportScreen {
    private let takesHashes: Bool
    private let takesReserved: Bool

    init(piiType: String, endpoint: String) {
        takesHashes = piiType != "email"
        takesReserved = Endpoint(endpoint)?.isLoopback ?? false
    }

    init(_ instance: Instance) {
        self.init(piiType: instance.piiType, endpoint: instance.endpoint)
    }

    /// The row, or with what is wrong with its member.
    func screened(_ row: InputRow) -> InputRow {
        guard case .change(let direction, let member) = row.content else { return row }
        do throws(MemberRejection) {
            let person = try Member(member.utf8)
            guard direction == .add else { return row }
            if !takesReserved, person.isReserved { throw .reserved }
            if !takesHashes, case .hashed = person { throw .addressNeeded }
            return row
        } catch {
            return InputRow(
                file: row.file, line: row.line, content: .noMember(error, member: member))
        }
    }
}

extension InputRow {
    /// Whether it changes anything.
    var isChange: Bool {
        if case .change = content { true } else { false }
    }
}
