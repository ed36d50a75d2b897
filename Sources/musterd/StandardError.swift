import Glibc

/// Words for a person before there is a logger.
enum StandardError {
    static func write(_ text: String) {
        var bytes = Array(text.utf8)
        // The call reads the array's own bytes; when standard error is closed nobody wants the
        // words.
        _ = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
    }
}

/// The process's environment.
enum ProcessEnvironment {
    static var all: [String: String] {
        var variables: [String: String] = [:]
        // The list ends with a null pointer; nobody changes it while the daemon runs.
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let pair = unsafe String(cString: text)
            if let equals = pair.firstIndex(of: "=") {
                variables[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            unsafe entry += 1
        }
        return variables
    }
}
