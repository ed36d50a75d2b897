import NIOPosix

/// Blocking work, such as reading the log, away from the engine's loop and from Swift's own
/// threads.
enum Background {
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
        -> Value
    {
        try await NIOThreadPool.singleton.runIfActive(body)
    }
}
