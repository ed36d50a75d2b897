/// The answer to a command.
package enum CommandReply: Sendable {
    case members(MemberReply)
    case other(JSON)

    /// Appends the answer's text.
    package func write(into output: inout [UInt8]) {
        switch self {
        case .members(let reply): reply.write(into: &output)
        case .other(let json): json.write(into: &output)
        }
    }
}

/// The answer to a member command, which is written as it is read: at once, since it is the one that
/// most clients wait for.
package struct MemberReply: Sendable {
    private let id: RequestID
    private let adding: Bool
    private let changed: UInt32
    private let unchanged: UInt32
    private let rejected: RejectedMembers
    /// How many members the audience has.
    private let members: UInt64
    private let position: Position
    private let version: UInt64
    private let isReplayed: Bool

    /// The answer to a command that was carried out now; its event, or the last one before it, stands
    /// at `position`.
    package init(id: RequestID, adding: Bool, _ outcome: MemberOutcome, position: Position) {
        self.id = id
        self.adding = adding
        changed = outcome.changed
        unchanged = outcome.unchanged
        rejected = outcome.rejected
        members = outcome.members
        self.position = position
        version = outcome.version
        isReplayed = false
    }

    /// The answer to a command that was carried out before, with its rejections computed again.
    package init(id: RequestID, adding: Bool, of receipt: Receipt, rejected: RejectedMembers) {
        self.id = id
        self.adding = adding
        changed = receipt.changed
        unchanged = receipt.unchanged
        self.rejected = rejected
        members = receipt.members
        position = receipt.position
        version = receipt.version
        isReplayed = true
    }

    /// Appends the answer's text.
    package func write(into output: inout [UInt8]) {
        output.append(contentsOf: #"{"id":"#.utf8)
        id.json.write(into: &output)
        output.append(
            contentsOf: (adding ? #","result":{"added":"# : #","result":{"removed":"#).utf8)
        output.append(decimal: UInt64(changed))
        output.append(contentsOf: #","unchanged":"#.utf8)
        output.append(decimal: UInt64(unchanged))
        if rejected.count == 0 {
            output.append(contentsOf: #","rejected":[],"rejectedCount":0,"members":"#.utf8)
        } else {
            output.append(contentsOf: #","rejected":"#.utf8)
            rejected.json.write(into: &output)
            output.append(contentsOf: #","rejectedCount":"#.utf8)
            output.append(decimal: UInt64(rejected.count))
            output.append(contentsOf: #","members":"#.utf8)
        }
        output.append(decimal: members)
        output.append(contentsOf: #"},"position":"#.utf8)
        output.append(decimal: position)
        output.append(contentsOf: #","version":"#.utf8)
        output.append(decimal: version)
        if isReplayed { output.append(contentsOf: #","replayed":true"#.utf8) }
        output.append(UInt8(ascii: "}"))
    }
}

extension [UInt8] {
    /// Appends `number` in decimal digits.
    mutating func append(decimal number: UInt64) {
        var rest = number
        var digits: [20 of UInt8] = .init(repeating: 0)
        var first = 20
        repeat {
            first -= 1
            digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        append(addingCapacity: 20 - first) { output in
            for index in first..<20 { output.append(digits[index]) }
        }
    }
}
