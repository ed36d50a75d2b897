import CSystemd
import Glibc

/// The host's journal, as far as libsystemd writes to it.
enum Journal {
    /// Whether standard error leads to the journal: systemd names the device and the inode it gave
    /// in `$JOURNAL_STREAM`, and a program that redirects its output leaves the variable behind.
    static func isStandardError(named stream: String?) -> Bool {
        var status = stat()
        // The call fills the structure it is given.
        guard let stream, unsafe fstat(STDERR_FILENO, &status) == 0 else { return false }
        return stream == "\(status.st_dev):\(status.st_ino)"
    }

    /// Writes one entry; false where the journal did not take it.
    static func write(_ fields: [(name: String, value: String)]) -> Bool {
        let texts = fields.map { Array("\($0.name)=\($0.value)".utf8) }
        var bytes = texts.flatMap(\.self)
        let sent = unsafe bytes.withUnsafeMutableBytes { buffer in
            var begin = 0
            // Each field is a piece of the one buffer, which outlives the call.
            let pieces = unsafe texts.map { text in
                defer { begin += text.count }
                return unsafe iovec(
                    iov_base: buffer.baseAddress?.advanced(by: begin), iov_len: text.count)
            }
            return unsafe sd_journal_sendv(pieces, CInt(pieces.count))
        }
        return sent >= 0
    }

    /// A key of a line's metadata as the journal's fields are named: `leftOut` is
    /// `MUSTER_LEFT_OUT`.
    static func field(_ key: String) -> String {
        guard key != JournalMessage.field else { return key }
        return key.reduce(into: "MUSTER_") { name, letter in
            if letter.isUppercase { name += "_" }
            name += letter.uppercased()
        }
    }
}
