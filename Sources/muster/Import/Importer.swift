import MusterClient
import MusterCore

/// Sends rows as they come, a few commands ahead of the answers, in order and in constant memory.
struct Importer {
    /// Enough to keep the daemon busy while answers are on their way.
    private static let mostInFlight = 64
    private static let mostMembers = 4 * Batch.mostMembers

    private struct Sent {
        let batch: Batch
        let people: Set<Digest>
        let reply: PendingReply
    }

    private let instance: String
    private let isAtomic: Bool
    private let connection: MusterConnection
    private let id = String(UInt64.random(in: 0 ... .max), radix: 36)
    private var chunks = 0
    private var batch: Batch?
    private var inFlight: [Sent] = []
    private var hasTurned = false
    private(set) var report: ImportReport

    init(
        _ instance: String, isAtomic: Bool, report: ImportReport, over connection: MusterConnection
    ) {
        self.instance = instance
        self.isAtomic = isAtomic
        self.report = report
        self.connection = connection
    }

    /// Takes rows in the order of the input.
    mutating func take(_ rows: [InputRow]) async throws {
        for row in rows {
            switch row.content {
            case .rejected(let fault): report.reject(fault, line: row.line)
            case .change(let direction, let member):
                if let batch, !batch.takes(member, direction) {
                    guard !isAtomic else { throw Self.tooManyAtOnce }
                    try await send()
                }
                batch =
                    batch
                    ?? Batch(direction, limit: isAtomic ? Batch.mostAtomic : Batch.mostMembers)
                batch?.append(member, line: row.line)
            }
        }
    }

    /// Sends what is left and waits for all answers.
    mutating func finish() async throws {
        guard !isAtomic || report.rejected == 0 else { throw Self.someAreNoMembers }
        try await send()
        while !inFlight.isEmpty { try await settle() }
    }

    private static let tooManyAtOnce = Failure.misuse(
        "one atomic command holds at most \(Batch.mostAtomic.grouped) members")
    private static let someAreNoMembers = Failure.misuse("some rows are no members")

    private mutating func send() async throws(ClientError) {
        guard let batch else { return }
        self.batch = nil
        let people = try await settleTurn(before: batch)
        while inFlight.count >= Self.mostInFlight
            || inFlight.reduce(batch.members.count, { $0 + $1.batch.members.count })
                > Self.mostMembers,
            !inFlight.isEmpty
        {
            try await settle()
        }
        chunks += 1
        var request =
            switch batch.direction {
            case .add: Request.addMembers(batch.members, to: instance, atomic: isAtomic)
            case .remove: Request.removeMembers(batch.members, from: instance, atomic: isAtomic)
            }
        request.commandId = "\(id)-\(chunks)"
        inFlight.append(Sent(batch: batch, people: people, reply: connection.submit(request)))
    }

    /// Waits until nobody in `batch` has a command of the other direction under way, and returns
    /// who is in it, once the input has turned direction.
    ///
    /// A repeated command that had changed nothing is decided anew. After a lost connection an
    /// addition could so come to stand after a removal that was sent behind it, were both under
    /// way.
    private mutating func settleTurn(before batch: Batch) async throws(ClientError) -> Set<Digest> {
        if !hasTurned, inFlight.contains(where: { $0.batch.direction != batch.direction }) {
            hasTurned = true
            while !inFlight.isEmpty { try await settle() }
        }
        guard hasTurned else { return [] }
        let people = Self.people(in: batch)
        while inFlight.contains(where: {
            $0.batch.direction != batch.direction && !$0.people.isDisjoint(with: people)
        }) { try await settle() }
        return people
    }

    private static func people(in batch: Batch) -> Set<Digest> {
        // What is no member the daemon will not take either.
        Set(batch.members.compactMap { try? Member($0.utf8).digest })
    }

    private mutating func settle() async throws(ClientError) {
        let sent = inFlight.removeFirst()
        let verb: MembershipChange.Verb = sent.batch.direction == .add ? .added : .removed
        do throws(ClientError) {
            let reply = try await sent.reply.value()
            report.take(try MembershipChange(reply, verb: verb), to: sent.batch)
        } catch {
            if case .refused(let refusal) = error { report.take(refusal, of: sent.batch) }
            throw error
        }
    }
}
