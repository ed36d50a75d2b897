import Glibc
import MusterCore
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// TTD's API and its storage on two ports of the loopback interface, each request on a connection
/// of its own; one step at a time fails in one way.
final class FaultyDesk: Sendable {
    enum Fault: String, CaseIterable, Sendable {
        case throttledForAWhile, throttled, serverError, unavailable, deadToken, refusedAddress
        case resetBeforeBody, resetInBody, hang, slow, cutJSON, missingFields, noName, untrustedTLS

        /// Whether what was asked for is done, and only its answer fails.
        var isCarriedOut: Bool {
            switch self {
            case .resetInBody, .hang, .slow, .cutJSON, .missingFields: true
            default: false
            }
        }
    }

    /// A fault that strikes so often, from when it is armed on.
    struct Trap: Sendable {
        let step: DeskModel.Step
        let fault: Fault
        var strikes: Int
        /// Whether the first strike leaves the client without any answer until it is gone.
        var isSilentFirst: Bool
        var before: [DeskModel.Step: Int] = [:]
    }

    fileprivate struct State {
        var model = DeskModel()
        var trap: Trap?
        var struck = 0
        var isSilent = false
    }

    private let state = Mutex(State())
    private let isSecure: Bool
    private let ports = Mutex<[Bool: any Channel]>([:])
    private let contexts: [Bool: NIOSSLContext]

    init(isSecure: Bool) async throws {
        self.isSecure = isSecure
        contexts =
            isSecure
            ? [
                true: try Identification.trusted.context(),
                false: try Identification.unknown.context(),
            ] : [:]
        for isStore in [false, true] {
            let channel = try await listen(isStore: isStore)
            ports.withLock { $0[isStore] = channel }
        }
    }

    var api: String { address(isStore: false) + "/v3" }
    var model: DeskModel { state.withLock { $0.model } }
    /// How often the fault has struck since it was armed.
    var struck: Int { state.withLock { $0.struck } }
    /// Whether a client waits for an answer that does not come.
    var isSilent: Bool { state.withLock { $0.isSilent } }

    func plant(_ entry: DeskModel.Entry) { state.withLock { $0.model.segments.append(entry) } }

    func arm(_ trap: Trap) {
        state.withLock { state in
            state.struck = 0
            state.trap = trap
            state.trap?.before = state.model.done
        }
    }

    /// The address to ask in place of `url`: one of an unknown host where the fault is that.
    func named(_ url: String, _ method: String, isStore: Bool) -> String {
        let address = address(isStore: isStore)
        let request = DeskModel.Request(
            method: method, path: String(url.dropFirst(address.count)), token: nil, length: nil,
            body: [], isStore: isStore)
        guard state.withLock({ $0.strikeOfName(request.step) }) else { return url }
        // A label over 63 bytes is refused without asking any server.
        return url.replacing("127.0.0.1", with: String(repeating: "x", count: 64) + ".invalid")
    }

    /// The client that waited is gone.
    func endSilence() { state.withLock { $0.isSilent = false } }

    func stop() async throws {
        for channel in ports.withLock({ Array($0.values) }) { try await channel.close() }
    }

    private func address(isStore: Bool) -> String {
        let port = ports.withLock { $0[isStore]?.localAddress?.port } ?? 0
        return (isSecure ? "https" : "http") + "://127.0.0.1:\(port)"
    }

    private func listen(isStore: Bool) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 64)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try self.prepare(channel, isStore: isStore)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    private func prepare(_ channel: any Channel, isStore: Bool) throws {
        let pipeline = channel.pipeline.syncOperations
        if isSecure {
            let strike = state.withLock { $0.strikeOfConnection(isStore: isStore) }
            // Without a handler nobody answers the client's first words.
            guard strike != .silence else { return }
            guard let context = contexts[strike == nil] else { return }
            try pipeline.addHandler(NIOSSLServerHandler(context: context))
        }
        try pipeline.configureHTTPServerPipeline(withErrorHandling: false)
        try pipeline.addHandler(DeskConnection(desk: self, isStore: isStore))
    }

    /// What a connection does with a request.
    enum Act {
        case answer(DeskModel.Reply)
        /// As `answer`, in pieces with a pause between them.
        case dribble(DeskModel.Reply)
        case resetIn(DeskModel.Reply)
        case reset
        case silence
    }

    func act(on request: DeskModel.Request) -> Act {
        let store = address(isStore: true)
        return state.withLock { state in
            state.model.check(request)
            if let token = request.token, state.model.deadTokens.contains(token) {
                return .answer(.deadToken)
            }
            guard let strike = state.strike(request) else {
                return .answer(state.model.carryOut(request, store: store))
            }
            let fault = strike.fault
            let reply =
                fault.isCarriedOut
                ? state.model.carryOut(request, store: store) : DeskModel.Reply()
            if fault == .deadToken, let token = request.token {
                state.model.deadTokens.insert(token)
            }
            if strike.isSilent { return .silence }
            return Self.act(of: fault, on: request.step, instead: reply)
        }
    }

    private static func act(
        of fault: Fault, on step: DeskModel.Step, instead reply: DeskModel.Reply
    ) -> Act {
        switch fault {
        case .throttledForAWhile: .answer(.init(status: 429, retryAfter: "7.5"))
        case .throttled: .answer(.init(status: 429))
        case .serverError: .answer(.init(status: 500, body: "<html>"))
        case .unavailable: .answer(.init(status: 503, retryAfter: "30"))
        case .deadToken: .answer(.deadToken)
        case .refusedAddress: .answer(.storeRefusal)
        case .resetBeforeBody, .noName, .untrustedTLS: .reset
        case .resetInBody: .resetIn(reply)
        case .hang: .silence
        case .slow: .dribble(reply)
        case .cutJSON:
            .answer(.init(body: String(reply.body.prefix(reply.body.count / 2))))
        case .missingFields:
            .answer(.init(body: step == .list ? #"{"Segments": [{"Region": "US"}]}"# : "{}"))
        }
    }
}

extension FaultyDesk.State {
    fileprivate struct Strike: Equatable {
        let fault: FaultyDesk.Fault
        let isSilent: Bool
    }

    fileprivate enum ConnectionStrike {
        case silence, untrusted
    }

    fileprivate mutating func strike(_ request: DeskModel.Request) -> Strike? {
        guard let trap, trap.step == request.step, trap.fault != .untrustedTLS,
            struck < trap.strikes, trap.fault != .noName || isSilentNext
        else { return nil }
        return strike(trap)
    }

    /// Whether the host's name is unknown for a request of this step.
    fileprivate mutating func strikeOfName(_ step: DeskModel.Step) -> Bool {
        guard let trap, trap.step == step, trap.fault == .noName, struck < trap.strikes,
            !isSilentNext
        else { return false }
        _ = strike(trap)
        return true
    }

    private var isSilentNext: Bool { trap?.isSilentFirst == true && struck == 0 }

    /// A certificate is shown before the request is known, so the step is the one that must follow.
    fileprivate mutating func strikeOfConnection(isStore: Bool) -> ConnectionStrike? {
        guard let trap, trap.fault == .untrustedTLS, struck < trap.strikes,
            isStore == (trap.step == .upload), isNext(trap)
        else { return nil }
        return strike(trap).isSilent ? .silence : .untrusted
    }

    private mutating func strike(_ trap: FaultyDesk.Trap) -> Strike {
        struck += 1
        let isSilent = trap.isSilentFirst && struck == 1
        if isSilent { self.isSilent = true }
        return Strike(fault: trap.fault, isSilent: isSilent)
    }

    private func isNext(_ trap: FaultyDesk.Trap) -> Bool {
        func count(_ step: DeskModel.Step) -> Int {
            (model.done[step] ?? 0) - (trap.before[step] ?? 0)
        }
        return switch trap.step {
        case .list: count(.list) == 0
        case .create: count(.list) > 0 && count(.create) == 0
        case .open: !model.segments.isEmpty && count(.open) == 0
        case .upload: count(.open) > 0
        case .status: count(.upload) > 0
        }
    }
}

/// One connection, which carries one request.
private final class DeskConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let desk: FaultyDesk
    private let isStore: Bool
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(desk: FaultyDesk, isStore: Bool) {
        self.desk = desk
        self.isStore = isStore
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let buffer): body += buffer.readableBytesView
        case .end: take(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The client went away, or believed the certificate as little as it should.
        context.close(promise: nil)
    }

    private func take(_ context: ChannelHandlerContext) {
        guard let head else { return }
        let request = DeskModel.Request(
            method: head.method.rawValue, path: head.uri,
            token: head.headers.first(name: TradeDesk.tokenHeader),
            length: head.headers.first(name: "Content-Length").flatMap { Int($0) }, body: body,
            isStore: isStore)
        switch desk.act(on: request) {
        case .silence: break
        case .reset: Self.reset(context.channel)
        case .answer(let reply): send(reply, pieces: 1, context)
        case .dribble(let reply): send(reply, pieces: 4, context)
        case .resetIn(let reply):
            let channel = context.channel
            write(reply, context)
            let half = String(reply.body.prefix(reply.body.count / 2))
            let part = HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: half)))
            context.writeAndFlush(wrapOutboundOut(part)).whenComplete { _ in Self.reset(channel) }
        }
    }

    private func write(_ reply: DeskModel.Reply, _ context: ChannelHandlerContext) {
        var headers: HTTPHeaders = [
            "Connection": "close", "Content-Length": "\(max(1, reply.body.utf8.count))",
            TradeDesk.requestIDHeader: "request-1",
        ]
        if let wait = reply.retryAfter { headers.add(name: "Retry-After", value: wait) }
        let head = HTTPResponseHead(
            version: .http1_1, status: .init(statusCode: reply.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    /// The answer's body in so many pieces, a few milliseconds apart.
    private func send(_ reply: DeskModel.Reply, pieces: Int, _ context: ChannelHandlerContext) {
        write(reply, context)
        let bytes = Array((reply.body.isEmpty ? " " : reply.body).utf8)
        let channel = context.channel
        let size = (bytes.count + pieces - 1) / pieces
        for number in 0..<pieces {
            let piece = ByteBuffer(bytes: bytes.dropFirst(number * size).prefix(size))
            context.eventLoop.assumeIsolated().scheduleTask(
                in: .milliseconds(Int64(pieces > 1 ? 3 * number : 0))
            ) {
                channel.writeAndFlush(
                    HTTPServerResponsePart.body(.byteBuffer(piece)), promise: nil)
                guard number == pieces - 1 else { return }
                channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in
                    channel.close(promise: nil)
                }
            }
        }
    }

    /// Zero linger makes the kernel send a reset and not an orderly end.
    private static func reset(_ channel: any Channel) {
        let option = (channel as? any SocketOptionProvider)?
            .setSoLinger(linger(l_onoff: 1, l_linger: 0))
        guard let option else { return channel.close(promise: nil) }
        option.whenComplete { _ in channel.close(promise: nil) }
    }
}
