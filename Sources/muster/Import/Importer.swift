import MusterClient
import MusterCore

/// Sends rows as they come, a few commands ahead of the answers, in constant memory.
///
/// Its commands have the import's id and a number. The same input gives the same commands, so what
/// was taken before a break is answered as a repetition.
struct Importer {
    /// Enough to keep the daemon busy while answers are on their way.
    private static let mostInFlight = 64
    private static let mostMembers = 4 * Batch.mostMembers
    /// Longer than a call's own: a busy disk is no reason to break a long import off.
    private static let patience = Duration.seconds(120)

    private struct Sent {
        let batch: Batch
        let number: Int
        let reply: PendingReply
    }

    private let instance: String
    private let id: String
    private let isAtomic: Bool
    private let isOrdered: Bool
    private let trace: ImportTrace?
    private let connection: MusterConnection
    private var chunks: Int
    private var batches: [Direction: Batch] = [:]
    /// Who is in the batches of an ordered input, which are of different people.
    private var people: [Direction: Set<Digest>] = [:]
    private var inFlight: [Sent] = []
    private(set) var report: ImportReport

    /// An importer of the rows of one direction, or with `isOrdered` of both.
    ///
    /// `trace` is what the log has of an import that was broken off and is sent again, and `number`
    /// the last number that was used where something else is sent.
    init(
        _ instance: String, id: String = Self.newID(), isAtomic: Bool = false,
        isOrdered: Bool = false, resuming trace: ImportTrace? = nil, behind number: Int = 0,
        report: ImportReport, over connection: MusterConnection
    ) {
        self.instance = instance
        self.id = id
        self.isAtomic = isAtomic
        self.isOrdered = isOrdered
        self.trace = trace
        self.report = report
        self.connection = connection
        chunks = number
    }

    /// An id of 64 random bits.
    static func newID() -> String { String(UInt64.random(in: 0 ... .max), radix: 36) }

    /// How many commands were sent.
    private(set) var sent = 0

    /// Takes rows in the order of the input.
    mutating func take(_ rows: [InputRow]) async throws {
        for row in rows {
            switch row.content {
            case .rejected(let fault): report.reject(fault, at: row.place)
            case .noMember(let reason, let member): report.reject(reason, member, at: row.place)
            case .change(let direction, let member):
                try await add(member, direction, at: row.place)
            }
        }
    }

    /// Counts rows that are not sent, because they would change nothing.
    mutating func leave(_ rows: Int) { report.leave(rows) }

    /// Sends what is left and waits for all answers.
    mutating func finish() async throws {
        guard !isAtomic || report.rejected == 0 else { throw Self.someAreNoMembers }
        try await sendAll()
        try await settleAll()
    }

    /// Waits for the answers to what was sent, and sends no more.
    mutating func settleAll() async throws {
        while !inFlight.isEmpty { try await settle() }
    }

    /// Waits for the answers to what was sent, whatever they are, so that the report is right.
    mutating func abandon() async {
        while !inFlight.isEmpty {
            // Why it stops is known already, and one answer more or less changes nothing in that.
            try? await settle()
        }
    }

    private static let tooManyAtOnce = Failure.misuse(
        "one atomic command holds at most \(Batch.mostAtomic.grouped) members")
    private static let someAreNoMembers = Failure.misuse("some rows are no members")

    private mutating func add(
        _ member: String, _ direction: Direction, at place: InputRow.Place
    ) async throws {
        // What is no member the daemon will not take either.
        let person = isOrdered ? try? Member(member.utf8).digest : nil
        if let person, people[direction.other]?.contains(person) == true { try await sendAll() }
        if let batch = batches[direction], !batch.takes(member) {
            guard !isAtomic else { throw Self.tooManyAtOnce }
            try await send(direction)
        }
        let limit = isAtomic ? Batch.mostAtomic : Batch.mostMembers
        batches[direction, default: Batch(direction, limit: limit)].append(member, at: place)
        if let person { people[direction, default: []].insert(person) }
    }

    private mutating func sendAll() async throws {
        try await send(.add)
        try await send(.remove)
    }

    /// Sends a batch, in an ordered input only when the one before it was answered.
    ///
    /// A command that had changed nothing is not remembered, and decided anew when it is repeated:
    /// an addition could so come to stand behind the removal that had followed it. In an ordered
    /// input such a command is therefore never sent again. That it was decided is certain where a
    /// later one was taken, because that was sent after its answer had come.
    private mutating func send(_ direction: Direction) async throws {
        guard let batch = batches.removeValue(forKey: direction) else { return }
        people[direction] = nil
        chunks += 1
        if isOrdered, trace?.hasPassed(chunks) == true { return report.skip(batch) }
        if isOrdered || isFirstNew { try await settleAll() }
        while inFlight.count >= Self.mostInFlight
            || inFlight.reduce(batch.members.count, { $0 + $1.batch.members.count })
                > Self.mostMembers,
            !inFlight.isEmpty
        {
            try await settle()
        }
        var request =
            switch direction {
            case .add: Request.addMembers(batch.members, to: instance, atomic: isAtomic)
            case .remove: Request.removeMembers(batch.members, from: instance, atomic: isAtomic)
            }
        request.commandId = "\(id)-\(chunks)"
        request.deadline = Self.patience
        sent += 1
        inFlight.append(
            Sent(batch: batch, number: chunks, reply: connection.submit(request)))
    }

    /// Whether the next command is the first one behind some that were taken before the break.
    ///
    /// Of another input than the one before the break the daemon refuses these, and then nothing of
    /// it is to be taken.
    private var isFirstNew: Bool {
        guard let taken = trace?.taken else { return false }
        return taken.contains(chunks - 1) && !taken.contains(chunks)
    }

    private mutating func settle() async throws {
        let sent = inFlight.removeFirst()
        let verb: MembershipChange.Verb = sent.batch.direction == .add ? .added : .removed
        do throws(ClientError) {
            let reply = try await sent.reply.value()
            report.take(try MembershipChange(reply, verb: verb), to: sent.batch)
            guard trace?.taken.contains(sent.number) == true, !reply.wasReplayed else { return }
        } catch {
            if case .refused(let refusal) = error { report.take(refusal, of: sent.batch) }
            throw error
        }
        throw Failure(
            .conflict, "the daemon remembers this import's commands no longer",
            remedy: "It was too long ago to go on with. Import the file anew, without --resume.")
    }
}
