import Glibc

/// Asks systemd's own program of the units.
enum Systemctl {
    private static let places = ["/usr/bin/systemctl", "/bin/systemctl"]
    private static let seconds = 10

    /// What it says of the daemon's units.
    static func reports() -> UnitReports {
        guard HostProbe.hasSystemd else { return .noManager }
        // The C function reads the path's bytes and keeps nothing.
        guard let program = places.first(where: { unsafe access($0, X_OK) == 0 }) else {
            return .untold("there is no systemctl")
        }
        let properties = UnitReports.properties + SandboxFindings.properties.map(\.name)
        let asked = ["show", "--property=" + properties.joined(separator: ",")] + UnitReports.units
        switch Subprocess.run(program, asked, seconds: seconds) {
        case .ended(0, let text): return .told(UnitReport.parse(text))
        case .ended(let status, _): return .untold("systemctl ended with \(status)")
        case .late: return .untold("systemctl did not end within \(seconds) s")
        case .failed(let code): return .untold("systemctl cannot be run, error number \(code)")
        }
    }
}

/// Another program, run without a shell.
enum Subprocess {
    enum Outcome: Hashable {
        /// With this status, or 128 and the number of the signal; and what it wrote.
        case ended(Int32, String)
        /// It was killed when its time was over.
        case late
        /// It did not begin; the system's error number.
        case failed(Int32)
    }

    private static let outputLimit = 1 << 20

    /// Runs a program to its end, or for so many seconds, and returns what it wrote to its output.
    static func run(_ path: String, _ arguments: [String], seconds: Int) -> Outcome {
        var ends: [Int32] = [0, 0]
        // The C function fills the two numbers.
        guard unsafe pipe(&ends) == 0 else { return .failed(errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        var child: pid_t = 0
        let failure = start(path, arguments, output: ends[1], &child)
        close(ends[1])
        guard failure == 0 else { return .failed(failure) }
        let output = read(ends[0], until: .now + .seconds(seconds))
        if output == nil { kill(child, SIGKILL) }
        var status: Int32 = 0
        // The C function fills the number it is given.
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard let output else { return .late }
        let signal = status & 0x7f
        return .ended(
            signal == 0 ? status >> 8 & 0xff : 128 + signal, String(decoding: output, as: UTF8.self)
        )
    }

    private static func start(
        _ path: String, _ arguments: [String], output: Int32, _ child: inout pid_t
    ) -> Int32 {
        // The C functions fill and read the structure, which lives until the program has begun, and
        // read the texts' bytes; what `strdup` allocates is freed here.
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        let words = unsafe copies([path] + arguments)
        let variables = unsafe copies(["LC_ALL=C", "PATH=/usr/bin:/bin", "SYSTEMD_PAGER="])
        defer {
            for index in unsafe words.indices { unsafe free(words[index]) }
            for index in unsafe variables.indices { unsafe free(variables[index]) }
        }
        return unsafe posix_spawn(&child, path, &actions, nil, words, variables)
    }

    /// Texts as C has them, with the null that ends their list.
    private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        unsafe texts.map { (text: String) in unsafe strdup(text) } + [nil]
    }

    /// All that comes, or nil where that lasts too long or is too much.
    private static func read(_ file: Int32, until end: ContinuousClock.Instant) -> [UInt8]? {
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while output.count <= outputLimit {
            let left = (end - .now).components
            var wait = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
            // The C function reads and fills the structure.
            let ready = unsafe poll(&wait, 1, Int32(clamping: max(0, milliseconds)))
            if ready == 0 { return nil }
            if ready < 0, errno != EINTR { return nil }
            guard ready > 0 else { continue }
            // The C function fills at most the array's own bytes.
            let count = unsafe chunk.withUnsafeMutableBytes {
                unsafe Glibc.read(file, $0.baseAddress, $0.count)
            }
            if count == 0 { return output }
            if count > 0 { output += chunk[..<count] }
            if count < 0, errno != EINTR { return nil }
        }
        return nil
    }
}
