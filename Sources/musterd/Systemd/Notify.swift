import CSystemd

/// What the daemon tells the service manager; without one, nothing happens.
enum Notify {
    static func ready(status: String) { send("READY=1\nSTATUS=\(status)") }
    static func status(_ status: String) { send("STATUS=\(status)") }
    static func stopping() { send("STOPPING=1") }
    static func watchdog() { send("WATCHDOG=1") }

    /// Asks for `seconds` more to start or to stop.
    static func extendTimeout(seconds: Int, status: String) {
        send("EXTEND_TIMEOUT_USEC=\(seconds * 1_000_000)\nSTATUS=\(status)")
    }

    /// How often the manager expects a sign of life, or nil when it does not.
    static var watchdogMicroseconds: UInt64? {
        var interval: UInt64 = 0
        // The call writes one integer.
        return unsafe sd_watchdog_enabled(0, &interval) > 0 ? interval : nil
    }

    private static func send(_ message: String) {
        // libsystemd reads the text during the call. A manager that is gone is no reason to stop.
        _ = unsafe sd_notify(0, message)
    }
}
