import Glibc

/// Standard output, written at once: what was said before a kill has been said.
enum Screen {
    static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        // The C function reads the array's own memory while it stands; a pipe that nobody reads any
        // more ends the process.
        _ = unsafe bytes.withUnsafeBytes { unsafe write(1, $0.baseAddress, $0.count) }
    }
}
