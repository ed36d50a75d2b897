import Glibc
import Logging

/// Writes log lines to the journal, their metadata as fields of their own, or to standard error
/// where that leads elsewhere.
///
/// A line reads the same in both.
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
        let merged = metadata.merging(event.metadata ?? [:]) { $1 }.map { ($0, "\($1)") }
        let values = merged.sorted { $0.0 < $1.0 }
        let line = values.filter { $0.0 != JournalMessage.field }
            .reduce(into: "\(event.message)") { $0 += " \($1.0)=\($1.1)" }
        let priority = Self.priority(of: event.level)
        if isJournal, Journal.write(Self.entry(line, priority, values)) { return }
        // Without the journal's socket its stream still takes lines, with the level in front.
        write((isJournal ? "<\(priority)>" : "\(event.level): ") + line + "\n")
    }

    /// The fields of the journal's entry for a line.
    static func entry(
        _ line: String, _ priority: Int, _ values: [(String, String)]
    ) -> [(name: String, value: String)] {
        let fields = [
            ("MESSAGE", line), ("PRIORITY", "\(priority)"), ("SYSLOG_IDENTIFIER", "musterd"),
        ]
        return (fields + values.map { (Journal.field($0), $1) }).map { (name: $0, value: $1) }
    }

    /// One write a line, so that lines of two threads do not mix.
    private func write(_ line: String) {
        var bytes = Array(line.utf8)
        // The call reads the array's own bytes. A log line that cannot be written has nowhere to be
        // reported.
        _ = unsafe bytes.withUnsafeMutableBytes {
            unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
        }
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
