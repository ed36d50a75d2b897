import Logging

/// What an operator acts on: each kind of message with the id under which the journal and
/// `systemd/musterd.catalog` know it for good.
enum JournalMessage: String, CaseIterable {
    /// Clients are served.
    case ready = "4f1908c1afa04602b37f4f080f4073f4"
    /// The daemon has ended as it was asked to.
    case stopped = "0fae1778ead74ad497f2969290a26af3"
    /// The daemon ends because nobody needs it.
    case idle = "3830a0a81167493996dea4396e39d0bf"
    /// The log could not be opened, for another reason than damage.
    case startFailed = "a92fdeca01854e2e94d307b690461f25"
    /// The log, or its directory, is not what it must be; nothing starts.
    case logDamaged = "c92be8dc7a7a46bdbbe1f1ead29cce58"
    /// The log could not be written, and the process has ended.
    case logUnwritable = "fd76770090924945b5132905b4137e33"
    /// There is no room for the log to grow.
    case logFull = "b99c653ce05d4acab497d7db1d47904f"
    /// What a crash left unfinished was cut off the log.
    case tailRepaired = "de5ca2d4fb724223a56b9993d977c5d8"
    /// A snapshot was passed over.
    case snapshotDamaged = "e9acec1c323a45cc911afde4d23a63a6"
    /// A snapshot could not be written.
    case snapshotUnwritten = "35c04363b8404d32a2f930d73f528e4a"
    /// The socket cannot be made or used.
    case cannotListen = "dc16633c13c84086bb5dd7a6721dad44"
    /// No socket was handed over, or not the right one.
    case wrongSettings = "4b82c4549cfe436b91b8f365708ee3a4"
    /// A list has reached TTD.
    case runSucceeded = "4bb9cd7541494952b1b700f55c7d8cdf"
    /// A run ended without its list reaching TTD.
    case runFailed = "a1fa56ab77d14e2aa4a07c199881a0cf"
    /// A run waits for a person.
    case runHeld = "c038d26f70004f57af3bb27e6666df77"
    /// A run was not due to send anything.
    case runSkipped = "92c385feb2e546b9a89c31ff5b23a3c3"
    /// A run waits for another token.
    case credentialWrong = "a02df2cd25e646dbb9419470744115e2"
    /// A run stopped because of this host, and is taken up again.
    case runInterrupted = "aa2bd9512e39411aa5648b949947b599"
    /// The list at TTD is about to be forgotten there.
    case listAging = "6c7c8ea83b14422888c89ee925df5963"
    /// A token expires soon, or has.
    case tokenExpiring = "08e79ce54ff64308b37888f8149a1cc1"
    /// A client asked for what it may not have.
    case clientRefused = "45019f7697074f488bc2359ebcf3b297"
    /// A client was turned away.
    case tooManyConnections = "3083e4a8eba846f382452b5d67b4c086"
    /// The engine stood still for long.
    case loopLate = "b24724345d2c464e9acc786bfb92d9d9"

    /// The id's field in the journal, and its key among a line's metadata.
    static let field = "MESSAGE_ID"

    /// How loudly it is said.
    var level: Logger.Level {
        switch self {
        case .ready, .stopped, .idle, .runSucceeded: .info
        case .clientRefused, .tooManyConnections: .notice
        case .tailRepaired, .snapshotDamaged, .snapshotUnwritten, .runSkipped, .listAging,
            .tokenExpiring, .loopLate:
            .warning
        case .logFull, .runFailed, .runHeld, .credentialWrong, .runInterrupted: .error
        case .startFailed, .logDamaged, .logUnwritable, .cannotListen, .wrongSettings: .critical
        }
    }
}

extension Logger {
    /// Says `text`, as a message of that kind; louder or lower than its kind where asked.
    func tell(
        _ kind: JournalMessage, _ text: Message, _ metadata: Metadata = [:], level: Level? = nil
    ) {
        log(
            level: level ?? kind.level, text,
            metadata: metadata.merging([JournalMessage.field: "\(kind.rawValue)"]) { $1 })
    }
}
