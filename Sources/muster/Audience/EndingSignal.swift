import Glibc
import Synchronization

/// A signal that asks the program to end, noticed where what is half done can be taken back or
/// told.
enum EndingSignal {
    private static let caught = Atomic<Int32>(0)

    /// From here on a first signal is noticed by `check` and ends nothing by itself; a second one
    /// does.
    static func watch() {
        // It is made before a signal can ask for it.
        caught.store(0, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            // Both calls are among those that a signal's handler may make.
            _ = signal(number) { number in
                guard EndingSignal.caught.exchange(number, ordering: .relaxed) != 0 else { return }
                _ = signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    /// From here on the signals end the program again, one that came meanwhile at once.
    static func unwatch() {
        for number in [SIGINT, SIGTERM] { _ = signal(number, SIG_DFL) }
        if let number { end(by: number) }
    }

    static var isCaught: Bool { number != nil }

    /// Where a signal came, calls `undo`, says what it has to say, and ends as the signal would have.
    static func check(_ undo: () -> [String]) {
        guard let number else { return }
        for line in undo() { Descriptor.error.say(line.printable) }
        _ = signal(number, SIG_DFL)
        end(by: number)
    }

    private static func end(by number: Int32) -> Never {
        // To the process, since the threads that tasks run on take no signals.
        kill(getpid(), number)
        while true { pause() }
    }

    private static var number: Int32? {
        let number = caught.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }
}
