import NIOCore
import NIOPosix

/// Makes connections to one path, and says precisely why one did not come about.
struct Dialer: Sendable {
    /// How long a full queue is left before it is tried again.
    private static let pause = TimeAmount.milliseconds(50)
    private static let longestPath = 107

    let path: String
    let patience: TimeAmount
    let loop: any EventLoop

    /// A connected channel whose first handler `makeHandler` makes; fails with a `ClientError`
    /// only.
    ///
    /// Where it does not read ahead, the handler asks for what comes.
    func dial(
        readsAhead: Bool = true, _ makeHandler: @escaping @Sendable () -> any ChannelHandler
    ) -> EventLoopFuture<any Channel> {
        guard path.utf8.count <= Self.longestPath else {
            return loop.makeFailedFuture(unreachable(.pathTooLong))
        }
        let deadline = NIODeadline.now() + patience
        return dial(readsAhead, makeHandler, until: deadline)
    }

    private func dial(
        _ readsAhead: Bool, _ makeHandler: @escaping @Sendable () -> any ChannelHandler,
        until deadline: NIODeadline
    ) -> EventLoopFuture<any Channel> {
        ClientBootstrap(group: loop)
            .channelOption(.autoRead, value: readsAhead)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(makeHandler())
                }
            }
            .connect(unixDomainSocketPath: path)
            .flatMapError { error in
                let reason = Self.reason(error)
                guard reason == .backlogFull, .now() + Self.pause < deadline else {
                    return loop.makeFailedFuture(unreachable(reason))
                }
                return loop.flatScheduleTask(in: Self.pause) {
                    dial(readsAhead, makeHandler, until: deadline)
                }
                .futureResult
            }
    }

    private func unreachable(_ reason: UnreachableReason) -> ClientError {
        .unreachable(reason: reason, path: path, remedy: reason.remedy)
    }

    private static func reason(_ error: any Error) -> UnreachableReason {
        switch error {
        case let error as IOError: UnreachableReason(errno: error.errnoCode)
        case SocketAddressError.unixDomainSocketPathTooLong: .pathTooLong
        default: .other(errno: 0)
        }
    }
}
