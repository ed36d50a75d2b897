import CSystemd
import Glibc
import MusterCore

/// The listening sockets that the service manager handed over.
enum Activation {
    /// Why what was handed over cannot be used.
    enum Failure: Error, CustomStringConvertible {
        case unreadable(code: Int32)
        case notAListeningUnixSocket(name: String)

        var description: String {
            switch self {
            case .unreadable(let code): "the passed descriptors cannot be listed (error \(code))"
            case .notAListeningUnixSocket(let name):
                "the passed descriptor '\(name)' is not a listening Unix stream socket"
            }
        }
    }

    /// The descriptors that were passed under the names of doors.
    ///
    /// Asked once: what was passed is taken out of the environment.
    static func sockets() throws(Failure) -> [Door: CInt] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        // libsystemd allocates the list and the names in it; both are freed below.
        let count = unsafe sd_listen_fds_with_names(1, &names)
        defer { unsafe release(names, count: count) }
        guard count >= 0 else { throw .unreadable(code: -count) }
        var sockets: [Door: CInt] = [:]
        for index in 0..<count {
            guard let given = unsafe names?[Int(index)],
                let door = Door(rawValue: unsafe String(cString: given)), sockets[door] == nil
            else { continue }
            let descriptor = SD_LISTEN_FDS_START + index
            guard sd_is_socket_unix(descriptor, Int32(SOCK_STREAM.rawValue), 1, nil, 0) > 0 else {
                throw .notAListeningUnixSocket(name: door.rawValue)
            }
            sockets[door] = descriptor
        }
        return sockets
    }

    private static func release(
        _ names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, count: CInt
    ) {
        for index in 0..<max(count, 0) { unsafe free(names?[Int(index)]) }
        unsafe free(names)
    }
}
