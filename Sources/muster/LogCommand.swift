import ArgumentParser
import Glibc
import MusterCore
import MusterStore

/// The verbs that read a state directory.
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Read the log of a state directory, also while the daemon appends to it.",
        discussion: "All but repair, adopt and erase only read. The format is proto-docs/log.md.",
        subcommands: [
            LogDump.self, LogVerify.self, LogReplay.self, LogBisect.self, LogDiff.self,
            LogExport.self,
            LogRepair.self, LogAdopt.self, LogErase.self, LogErasures.self,
        ])
}

/// What most verbs of the log take.
struct LogOptions: ParsableArguments {
    @OptionGroup var directory: StateDirectory

    @OptionGroup var answer: AnswerOptions

    /// The log of the directory.
    func reader() throws(Failure) -> LogReader {
        let files = try directory.files()
        return try Failure.ofLog { () throws(LogError) in try LogReader(files) }
    }
}

extension Timestamp {
    /// The host's clock.
    static var now: Timestamp {
        var time = timespec()
        // The call fills the structure it is given; it cannot fail for this clock.
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}

extension EventType {
    /// The type of a name that somebody gave.
    static func named(_ name: String) throws(ValidationError) -> EventType {
        if let type = EventType(named: name) { return type }
        let types = allCases.map(\.name).joined(separator: ", ")
        throw ValidationError(
            "there is no type \(name.printableOnOneLine); the types are \(types)")
    }
}

extension Failure {
    init(_ error: LogError) {
        switch error {
        case .damaged, .directory, .newer, .snapshot, .listDiffers:
            self.init(.logDamaged, error.message.asMessage)
        case .locked:
            self.init(
                .unavailable, error.message.asMessage,
                remedy: "Stop the daemon and its sockets first: systemctl stop musterd.socket "
                    + "musterd-query.socket musterd.service.")
        case .failed, .full, .refused: self.init(.unforeseen, error.message.asMessage)
        }
    }

    /// Calls `body` and tells what is wrong with a log as a reason to end.
    static func ofLog<Value>(_ body: () throws(LogError) -> Value) throws(Failure) -> Value {
        do {
            return try body()
        } catch {
            throw Failure(error)
        }
    }
}
