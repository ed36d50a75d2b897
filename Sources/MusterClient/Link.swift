import MusterCore
import NIOCore

/// The requests that wait for replies, and the channel they go over; confined to one event loop.
final class Link {
    /// A request is sent at most this often.
    private static let mostSends = 2

    private struct Waiting {
        let request: Request
        let body: [UInt8]
        let promise: EventLoopPromise<Reply>
        let timeout: Scheduled<Void>
        var sends = 0

        var mayBeSent: Bool { sends == 0 || (sends < Link.mostSends && request.isRepeatable) }
    }

    private let dialer: Dialer
    private let loop: any EventLoop
    private var channel: (any Channel)?
    private var isDialing = false
    private var isClosed = false
    private var waiting: [Int: Waiting] = [:]
    private var lastId = 0

    init(dialer: Dialer, loop: any EventLoop) {
        self.dialer = dialer
        self.loop = loop
    }

    /// Connects and sends what waits; fails with a `ClientError` only.
    func open() -> EventLoopFuture<Void> {
        isDialing = true
        let link = NIOLoopBound(self, eventLoop: loop)
        let dialed = dialer.dial { ReplyHandler(link: link.value) }
        dialed.whenComplete { link.value.dialed($0) }
        return dialed.map { _ in }
    }

    func submit(_ request: Request, _ promise: EventLoopPromise<Reply>) {
        guard !isClosed else {
            promise.fail(ClientError.connectionLost(commandId: request.commandId))
            return
        }
        lastId += 1
        let body = request.body(id: lastId)
        guard body.count <= Frame.hardLimit else {
            promise.fail(ClientError.requestTooLarge(bytes: body.count, limit: Frame.hardLimit))
            return
        }
        waiting[lastId] = Waiting(
            request: request, body: body, promise: promise,
            timeout: scheduleTimeout(of: request, id: lastId))
        if let channel {
            send(lastId, over: channel)
        } else if !isDialing {
            _ = open()
        }
    }

    /// Takes one frame's body.
    func received(_ body: [UInt8]) {
        do throws(AnswerError) {
            switch try Incoming(body) {
            case .reply(let id, let reply):
                // An answer nobody waits for any more came after its deadline.
                guard let settled = take(id) else { return }
                settled.promise.succeed(reply.to(settled.request.commandId))
            case .refusal(let id?, let error): take(id)?.promise.fail(ClientError.refused(error))
            case .refusal(nil, let error): refused(error)
            }
        } catch {
            violated(error.what)
        }
    }

    /// Gives the connection up because what comes over it cannot be trusted.
    func violated(_ what: String) {
        let channel = self.channel
        self.channel = nil
        failAll(.protocolViolation(what))
        channel?.close(promise: nil)
    }

    /// Connects again if something waits that may be sent again.
    func ended(_ ended: any Channel) {
        guard let channel, channel === ended else { return }
        self.channel = nil
        for (id, request) in waiting where !request.mayBeSent {
            fail(id, .connectionLost(commandId: request.request.commandId))
        }
        if !waiting.isEmpty { _ = open() }
    }

    func close() -> EventLoopFuture<Void> {
        isClosed = true
        for (id, request) in waiting {
            fail(id, .connectionLost(commandId: request.request.commandId))
        }
        let channel = self.channel
        self.channel = nil
        return channel?.close() ?? loop.makeSucceededVoidFuture()
    }

    private func dialed(_ result: Result<any Channel, any Error>) {
        isDialing = false
        switch result {
        case .success(let channel) where isClosed: channel.close(promise: nil)
        case .success(let channel):
            self.channel = channel
            for id in waiting.keys.sorted() { send(id, over: channel) }
        case .failure(let error):
            for (id, request) in waiting {
                // What went out before may have been applied; the rest was never sent.
                let lost = ClientError.connectionLost(commandId: request.request.commandId)
                fail(id, request.sends > 0 ? lost : error as? ClientError ?? lost)
            }
        }
    }

    private func send(_ id: Int, over channel: any Channel) {
        guard let body = waiting[id]?.body else { return }
        waiting[id]?.sends += 1
        var frame: [UInt8] = []
        Frame.encode(body, into: &frame)
        channel.writeAndFlush(ByteBuffer(bytes: frame), promise: nil)
    }

    /// A refusal without an id: of the frame that was too large, or else of the connection.
    private func refused(_ error: ServerError) {
        let length = error.details["length"]?.integer
        if error.name == "frame.too_large",
            let id = waiting.first(where: { $0.value.body.count == length })?.key
        {
            fail(id, .refused(error))
        } else {
            failAll(.refused(error))
        }
    }

    private func scheduleTimeout(of request: Request, id: Int) -> Scheduled<Void> {
        let link = NIOLoopBound(self, eventLoop: loop)
        return loop.scheduleTask(in: .milliseconds(request.deadlineMilliseconds)) {
            link.value.fail(id, .timedOut(commandId: request.commandId))
        }
    }

    private func take(_ id: Int) -> Waiting? {
        let taken = waiting.removeValue(forKey: id)
        taken?.timeout.cancel()
        return taken
    }

    private func fail(_ id: Int, _ error: ClientError) {
        take(id)?.promise.fail(error)
    }

    private func failAll(_ error: ClientError) {
        for id in waiting.keys { fail(id, error) }
    }
}
