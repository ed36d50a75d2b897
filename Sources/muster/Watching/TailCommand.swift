import ArgumentParser
import MusterClient
import MusterCore

/// Shows the events of the log as they come.
struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Show what happened last, and what happens.",
        discussion: """
            A line is an event: its position, its time in UTC, the audience, what happened, and who asked \
            for it. Members are counts and never people. With -f it goes on until it is interrupted, also \
            over a restart of the daemon. It only asks, so the query socket is enough.

            Examples:
              muster tail -f --instance spring
              muster tail --type syncFailed --type syncHeld --since 2026-11-20

            JSON, an event a line: position, at, type; sometimes the fields of its type \
            (proto-docs/events.md).
            """)

    /// The most events that are looked for from the end.
    static let mostCount = 10_000
    /// How often and how long a daemon that went away is looked for.
    private static let tries = 50
    private static let pause = Duration.milliseconds(200)

    @Flag(name: .shortAndLong, help: "Go on with events as they come.")
    var follow = false

    @Option(name: .shortAndLong, help: "Begin with the last so many events that are wanted.")
    var number: Int?

    @Option(help: "Begin with the event at this position.")
    var from: Int?

    @Option(help: "Begin with the first event of this time or later, 2026-11-23T03:00:00Z for one.")
    var since: LogTime?

    @Option(help: "Only events of this audience and of its runs.")
    var instance: String?

    @Option(help: "Only events of this type, membersAdded for one; may be given several times.")
    var type: [String] = []

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var answer: AnswerOptions

    func validate() throws {
        if [number != nil, from != nil, since != nil].count(where: { $0 }) > 1 {
            throw ValidationError("Name one of --number, --from and --since.")
        }
        if let number, !(0...Self.mostCount).contains(number) {
            throw ValidationError("--number is 0 to \(Self.mostCount).")
        }
        if let from, from < 1 { throw ValidationError("--from is a position from 1.") }
        for name in type { _ = try EventType.named(name) }
    }

    func run() async throws {
        var muster = try await connection.connect()
        let server = try await muster.hello()
        var output = TailOutput(json: answer.json, since: since?.timestamp)
        output.next = try await start(muster, server)
        while true {
            do throws(ClientError) {
                return try await tell(muster, &output)
            } catch {
                output.flush()
                guard follow, error.endsOnlyTheStream else { throw error }
                answer.note("the daemon ended the stream; going on at position \(output.next)")
                muster = try await connectAgain()
                guard try await muster.hello().history(since: server.bookmark) == .continued else {
                    throw Failure(
                        .conflict, "the log is another one since: it was put back from a copy",
                        remedy: "Begin anew: its positions mean something else now.")
                }
            }
        }
    }

    private func start(
        _ muster: MusterConnection, _ server: Server
    ) async throws(ClientError) -> Int {
        let start = TailStart(
            muster: muster, end: server.position, types: types, instance: instance)
        if let from { return from }
        if let since { return try await start.before(since.timestamp) }
        return try await start.last(number ?? 10)
    }

    private var types: [String]? { type.isEmpty ? nil : type }

    private func tell(
        _ muster: MusterConnection, _ output: inout TailOutput
    ) async throws(ClientError) {
        var events = muster.log(
            from: .position(output.next), types: types, instance: instance, follow: follow
        ).makeAsyncIterator()
        while let element = try await events.next() { output.take(element) }
        output.flush()
    }

    /// A daemon that ended may be started again by its service manager, or by this client.
    private func connectAgain() async throws -> MusterConnection {
        for _ in 1..<Self.tries {
            do throws(ClientError) {
                let muster = try await connection.connect()
                try await muster.ping()
                return muster
            } catch {
                try await Task.sleep(for: Self.pause)
            }
        }
        return try await connection.connect()
    }
}

/// Writes the events of a stream: many at a time while there are many, and each at once later.
struct TailOutput {
    private let json: Bool
    private var since: Timestamp?
    private var lines = LineOutput()
    private var hasCaughtUp = false
    /// The position to go on from.
    var next = 1

    init(json: Bool, since: Timestamp?) {
        self.json = json
        self.since = since
    }

    mutating func take(_ element: LogTailElement) {
        switch element {
        case .event(let event):
            next = event.position + 1
            // From the first event of that time on, whatever the clock does later.
            if let since, Timestamp(text: event.at) ?? since < since { return }
            since = nil
            lines.add(json ? event.json.text : EventSentence(event).line)
            if hasCaughtUp { lines.flush() }
        case .caughtUp(let position):
            next = position + 1
            hasCaughtUp = true
            lines.flush()
        case .heartbeat(let position): next = position + 1
        }
    }

    mutating func flush() { lines.flush() }
}

extension ClientError {
    /// Whether a stream of the log can be asked for again where it was.
    fileprivate var endsOnlyTheStream: Bool {
        switch self {
        case .streamEnded, .connectionLost: true
        case .refused(let error): ["server.stopping", "stream.lagged"].contains(error.name)
        case .unreachable, .timedOut, .requestTooLarge, .protocolViolation: false
        }
    }
}
