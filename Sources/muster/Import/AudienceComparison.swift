import MusterClient
import MusterCore

/// What an input would change in an audience; takes 40 bytes of memory for each of its people.
struct AudienceComparison {
    /// Who is to be in, and once it is compared who of them is not.
    private var ins = Membership(keepsAddresses: false)
    private var outs = Membership(keepsAddresses: false)
    private var met = 0
    private(set) var come = 0
    private(set) var go = 0
    private(set) var stay = 0
    /// Who is in the audience and not in the input, where that was asked for.
    private(set) var others: [Digest] = []

    /// Whether the input names anybody to be in.
    var isEmpty: Bool { ins.count + met == 0 }

    /// Takes a row over; of several about one person the last counts.
    mutating func take(_ row: InputRow) {
        // What is no member comes as another kind of row.
        guard case .change(let direction, let member) = row.content,
            let person = try? Member(member.utf8).digest
        else { return }
        switch direction {
        case .add:
            _ = outs.remove(person)
            _ = ins.insert(person)
        case .remove:
            _ = ins.remove(person)
            _ = outs.insert(person)
        }
    }

    /// Whether a row brings somebody who was not in when it was compared.
    func brings(_ row: InputRow) -> Bool {
        guard case .change(.add, let member) = row.content,
            // What is no member comes as another kind of row.
            let person = try? Member(member.utf8).digest
        else { return false }
        return ins.contains(person)
    }

    /// Compares with the audience; where the input is `whole`, everybody else goes.
    mutating func compare(
        with audience: ReplySequence<MemberPage>, whole: Bool
    ) async throws {
        come = ins.count
        for try await page in audience {
            try Interruption.check()
            for member in page.members { meet(member, whole) }
        }
    }

    private mutating func meet(_ member: String, _ isWhole: Bool) {
        guard let person = Digest(hex: member.utf8.span) else { return }
        if ins.remove(person) {
            met += 1
            come -= 1
            stay += 1
        } else if isWhole {
            go += 1
            others.append(person)
        } else if outs.contains(person) {
            go += 1
        } else {
            stay += 1
        }
    }
}
