import Glibc
import Logging

/// Writes log lines to standard error, with the level in front as the journal reads it
/// (sd-daemon(3), `<6>text`) when standard error is the journal, and as a word otherwise.
struct JournalLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    private let isJournal: Bool

    init(isJournal: Bool) {
        self.isJournal = isJournal
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let merged = metadata.merging(event.metadata ?? [:]) { $1 }
        let fields = merged.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let prefix = isJournal ? "<\(Self.priority(of: event.level))>" : "\(event.level): "
        // One write a line, so that lines of two threads do not mix.
        let line = prefix + "\(event.message)\(fields)\n"
        var bytes = Array(line.utf8)
        // The call reads the array's own bytes. A log line that cannot be written has nowhere to be
        // reported.
        _ = unsafe bytes.withUnsafeMutableBytes { unsafe write(2, $0.baseAddress, $0.count) }
    }

    private static func priority(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
