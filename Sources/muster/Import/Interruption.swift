import Glibc
import Synchronization

/// A wish to stop, by Ctrl-C or SIGTERM, that work looks at where it can stop well.
enum Interruption {
    private static let number = Atomic<Int32>(0)

    /// Notes the first signal from here on; a second one ends the program at once.
    static func watch() {
        // The handler must find the number made.
        number.store(0, ordering: .relaxed)
        for signal in [SIGINT, SIGTERM] {
            var action = sigaction()
            // The handler does nothing but store a word, which is allowed in one.
            unsafe action.__sigaction_handler.sa_handler = { Interruption.note($0) }
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
            // The C function reads the structure and keeps nothing.
            unsafe sigaction(signal, &action, nil)
        }
    }

    private static func note(_ signal: Int32) {
        number.store(signal, ordering: .relaxed)
    }

    /// Throws once a signal has come.
    static func check() throws(Failure) {
        switch number.load(ordering: .relaxed) {
        case 0: return
        case SIGTERM: throw Failure(.terminated, "terminated")
        default: throw Failure(.interrupted, "interrupted")
        }
    }
}
