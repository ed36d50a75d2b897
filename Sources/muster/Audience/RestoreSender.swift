import MusterClient
import MusterStore

/// Sends what a restore changes, in commands of up to 1,000 members: first those who come back,
/// then those who go, so that a list in between holds too many people and never too few.
struct RestoreSender {
    private static let mostMembers = 1000
    private static let mostInFlight = 4

    private let plan: RestorePlan
    private let muster: MusterConnection
    private let id = String(UInt64.random(in: 0 ... .max), radix: 36)
    private var chunks = 0
    private var inFlight: [PendingReply] = []
    private var note: LiveLine
    private(set) var added = 0
    private(set) var removed = 0
    /// Who was not taken back, by the protocol's reasons.
    private(set) var rejected: [String: Int] = [:]

    init(_ plan: RestorePlan, over muster: MusterConnection, isQuiet: Bool) {
        self.plan = plan
        self.muster = muster
        note = .note(isQuiet: isQuiet)
    }

    var rejectedCount: Int { rejected.values.reduce(0, +) }

    /// Sends everything and waits for every answer.
    ///
    /// What was answered stays done whatever happens; the same restore later does the rest.
    mutating func send() async throws {
        defer { note.clear() }
        for verb in [MembershipChange.Verb.added, .removed] {
            var walk = plan.now.differences(to: plan.target)
            while !isStopped, let members = try chunk(verb, &walk) {
                if inFlight.count >= Self.mostInFlight { try await settle(verb) }
                submit(members, verb)
            }
            while !inFlight.isEmpty { try await settle(verb) }
            try Interruption.check()
        }
    }

    /// What is under way is still answered then.
    private var isStopped: Bool {
        do {
            try Interruption.check()
            return false
        } catch {
            return true
        }
    }

    private func chunk(
        _ verb: MembershipChange.Verb, _ walk: inout ListDifferences
    ) throws(Failure) -> [String]? {
        var members: [String] = []
        try Failure.ofLog { () throws(LogError) in
            while members.count < Self.mostMembers,
                let member = verb == .added
                    ? try plan.nextToAdd(&walk) : try plan.nextToRemove(&walk)
            { members.append(member) }
        }
        return members.isEmpty ? nil : members
    }

    private mutating func submit(_ members: [String], _ verb: MembershipChange.Verb) {
        chunks += 1
        var request =
            verb == .added
            ? Request.addMembers(members, to: plan.instance)
            : Request.removeMembers(members, from: plan.instance)
        request.commandId = CommandOrigin.ofRestore(
            to: plan.target.position, id: id, chunk: chunks)
        inFlight.append(muster.submit(request))
    }

    private mutating func settle(_ verb: MembershipChange.Verb) async throws(ClientError) {
        let reply = try await inFlight.removeFirst().value()
        let change = try MembershipChange(reply, verb: verb)
        if verb == .added { added += change.changed } else { removed += change.changed }
        for one in change.rejected { rejected[one.reason, default: 0] += 1 }
        let (done, all) = (added + removed, plan.added + plan.removed)
        note.show("restoring: \(Bar.counted(done: done, of: all))")
    }
}
