import NIOCore
import NIOPosix

/// A connection to the local daemon.
///
/// ```swift
/// let muster = try await MusterConnection.connect(path: "/run/musterd/command.sock")
/// let change = try await muster.addMembers(["jane.doe@example.com"], to: "acme-us")
/// print("\(change.changed) added, \(change.members) members now")
/// await muster.close()
/// ```
///
/// A reply to a command comes after the command is on disk. Any number of calls may be under way;
/// the daemon applies commands in the order they were submitted. When the connection ends before a
/// reply, it is made anew once and what waits is sent again, in order and with the same commandIds,
/// so nothing is applied twice. Streams (`log`, `members`, `sync`) have connections of their own, so
/// that no call waits behind one. A daemon that systemd starts on demand may need a moment: the
/// connection then waits in the socket's queue, and the first reply takes that much longer.
public final class MusterConnection: Sendable {
    private let link: NIOLoopBound<Link>
    /// Makes the connections of streams, which have one each.
    let dialer: Dialer

    private init(link: NIOLoopBound<Link>, dialer: Dialer) {
        self.link = link
        self.dialer = dialer
    }

    /// Connects to the socket at `path`; while its queue is full, tries again for `patience`.
    public static func connect(
        path: String, patience: Duration = .seconds(10)
    ) async throws(ClientError) -> MusterConnection {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let dialer = Dialer(path: path, patience: .init(patience), loop: loop)
        do {
            let link = try await loop.flatSubmit {
                let link = Link(dialer: dialer, loop: loop)
                let bound = NIOLoopBound(link, eventLoop: loop)
                return link.open().map { bound }
            }.get()
            return MusterConnection(link: link, dialer: dialer)
        } catch let error as ClientError {
            throw error
        } catch {
            throw .protocolViolation("the connection could not be made")
        }
    }

    /// Hands a request over for sending and returns at once.
    ///
    /// Requests go out in the order in which they are submitted.
    public func submit(_ request: Request) -> PendingReply {
        let request = request.identified()
        let promise = link.eventLoop.makePromise(of: Reply.self)
        link.eventLoop.execute { [link] in link.value.submit(request, promise) }
        return PendingReply(commandId: request.commandId, future: promise.futureResult)
    }

    /// Sends a request and waits for its reply.
    public func call(_ request: Request) async throws(ClientError) -> Reply {
        try await submit(request).value()
    }

    /// Calls any method by its name.
    public func call(
        _ method: String, _ params: JSONValue = [:], commandId: String? = nil,
        expectedVersion: Int? = nil, deadline: Duration = Request.defaultDeadline
    ) async throws(ClientError) -> Reply {
        try await call(
            Request(
                method, params, commandId: commandId, expectedVersion: expectedVersion,
                deadline: deadline))
    }

    /// Closes the connection; calls still under way end with `connectionLost`.
    public func close() async {
        // A close that fails finds the connection closed already.
        try? await link.eventLoop.flatSubmit { [link] in link.value.close() }.get()
    }
}

/// A reply that is on its way.
public struct PendingReply: Sendable {
    /// The commandId the request goes out with, if it is a command.
    public let commandId: String?
    private let future: EventLoopFuture<Reply>

    init(commandId: String?, future: EventLoopFuture<Reply>) {
        self.commandId = commandId
        self.future = future
    }

    /// Waits for the reply, at most until the request's deadline.
    public func value() async throws(ClientError) -> Reply {
        do {
            return try await future.get()
        } catch let error as ClientError {
            throw error
        } catch {
            throw .connectionLost(commandId: commandId)
        }
    }
}
