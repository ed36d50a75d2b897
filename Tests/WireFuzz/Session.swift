import MusterCore

/// What a daemon does with one connection's bytes, without sockets and disk, and the rules that hold
/// whatever they are.
struct Session {
    private static let now = Timestamp(milliseconds: 1_795_435_200_000)
    /// Small, so that frames over it are short.
    private static let limit = 2048

    private var state = State()
    private var log = FuzzedLog()
    private var trap = false

    /// Begins with an audience of addresses and one of digests, by the names of the examples.
    ///
    /// With `trap`, a list of members that no seed has ends the process.
    init(trap: Bool) {
        self = Self.begun
        self.trap = trap
    }

    /// Made once: every input begins with a copy.
    private static let begun = Session()

    private init() {
        for (name, type) in [("acme-us", PIIType.email), ("acme-uk", .hashedEmail)] {
            guard let id = InstanceID(name) else { preconditionFailure("\(name) is an id") }
            var change = SettingsChange()
            change.advertiserId = "adv1"
            change.audienceName = name
            change.region = .us
            change.piiType = type
            decide(.configure(Configuration(instance: id, change: change)), stamp: nil)
        }
    }

    mutating func take(_ bytes: [UInt8]) {
        let frames = Self.frames(of: bytes, step: max(1, bytes.count))
        // However the bytes come, the frames are the same.
        let step = 1 + Int(bytes.last ?? 0) % 17
        precondition(Self.frames(of: bytes, step: step) == frames, "a split changes the frames")
        for frame in frames {
            if case .body(let body) = frame { answer(body) }
        }
        log.check()
    }

    private static func frames(of bytes: [UInt8], step: Int) -> [Frame.Incoming] {
        var decoder = FrameDecoder(limit: limit)
        var frames: [Frame.Incoming] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(step))
            decoder.feed(piece.span)
            rest = rest.dropFirst(step)
            do {
                while let frame = try decoder.next() { frames.append(frame) }
            } catch {
                return frames
            }
        }
        return frames
    }

    private mutating func answer(_ body: [UInt8]) {
        do {
            let json = try JSON.parse(body)
            let again = Result { try JSON.parse(json.encoded()) }
            precondition((try? again.get()) == json, "what was read is not written as it was")
        } catch {
            // Whatever it is, no request may be read from it.
        }
        do {
            let request = try Request.parse(body.span)
            if case .command(let command) = request.ask {
                decide(command, stamp: request.stamp, id: request.id)
            }
        } catch {
            check(Reply.refusal(error.id, error.rejection))
        }
    }

    private mutating func decide(_ command: Command, stamp: CommandStamp?, id: RequestID? = nil) {
        var command = command
        if case .configure(var configuration) = command, state[configuration.instance] == nil {
            // The daemon takes it from the credential's file.
            configuration.change.endpoint = Endpoint("https://desk.example/v3")
            command = .configure(configuration)
        }
        let before = state[command.instance]?.members.count ?? 0
        do {
            let decision = try state.decide(
                command, at: Self.now, date: CalendarDate(dayNumber: 20_780))
            for fact in decision.facts {
                let event = Event(at: Self.now, actor: .daemon, command: stamp, fact: fact)
                state.apply(event)
                log.append(event)
            }
            check(decision.outcome, of: command, before: before)
        } catch {
            check(Reply.refusal(id, error))
        }
    }

    private func check(_ outcome: Decision.Outcome, of command: Command, before: Int) {
        guard case .members(let changed, _, let rejected) = outcome else { return }
        let after = state[command.instance]?.members.count ?? 0
        precondition(abs(after - before) == Int(changed), "the count is not what changed")
        if trap, changed > 0, rejected.count > 3 { preconditionFailure("the trap") }
        precondition(rejected.count == 0 || rejected.rows.count > 0, "a rejection without a reason")
    }

    /// An answer can be read by the strictest reader, our own.
    private func check(_ reply: JSON) {
        precondition((try? JSON.parse(reply.encoded())) == reply, "an answer that cannot be read")
    }
}
