import MusterCore
import SystemPackage

/// A secret that goes into a request header and nowhere else: printing it shows a placeholder.
struct Token: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let secret: String

    init(_ secret: String) {
        self.secret = secret
    }

    /// The header value; the one way to the secret.
    var headerValue: String { secret }

    /// The first 4 bytes of the token's SHA-256: enough to see that it was replaced, too little to
    /// try tokens against.
    var fingerprint: UInt32 {
        Digest.sha256(Array(secret.utf8)).bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    var description: String { "<redacted>" }
    var debugDescription: String { "<redacted>" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

/// A token, and where it may be sent: both come from one file, so who may write the file decides.
///
/// The file's first line is the token. Further lines may say `endpoint https://…` and `expires
/// 2027-03-01`; empty lines and lines that begin with `#` are passed over.
struct Credential: Sendable {
    let token: Token
    let endpoint: Endpoint
    let expires: CalendarDate?

    init(_ bytes: [UInt8]) throws(CredentialError) {
        // Split as bytes: as a character, a line feed after a carriage return is no line feed.
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { Self.trimmed(Substring(String(decoding: $0, as: UTF8.self))) }
        guard let secret = lines.first, (1...4096).contains(secret.utf8.count),
            secret.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else {
            throw .malformed(
                line: 1, rule: "the first line must be the token, printable ASCII without spaces")
        }
        token = Token(String(secret))
        var endpoint = Endpoint.production
        var expires: CalendarDate?
        for (index, line) in lines.enumerated().dropFirst()
        where !line.isEmpty && !line.hasPrefix("#") {
            if let value = Self.value(of: "endpoint", in: line) {
                guard let parsed = Endpoint(value) else {
                    throw .malformed(
                        line: index + 1,
                        rule: "the endpoint must be an https address without query, or http to a "
                            + "loopback address")
                }
                endpoint = parsed
            } else if let value = Self.value(of: "expires", in: line),
                let date = CalendarDate(value)
            {
                expires = date
            } else {
                throw .malformed(
                    line: index + 1, rule: "only `endpoint URL` and `expires DATE` may follow")
            }
        }
        self.endpoint = endpoint
        self.expires = expires
    }

    private static func value(of name: String, in line: Substring) -> String? {
        guard line.hasPrefix(name + " ") else { return nil }
        return String(trimmed(line.dropFirst(name.count + 1)))
    }

    private static func trimmed(_ line: Substring) -> Substring {
        var line = line
        while let last = line.utf8.last, last == 0x20 || last == 0x09 || last == 0x0d {
            line = line.dropLast()
        }
        return line.drop { $0 == " " || $0 == "\t" }
    }
}

/// Why a credential cannot be used.
enum CredentialError: Error {
    case noDirectory
    case missing
    case unreadable(Errno)
    case malformed(line: Int, rule: String)

    /// What is wrong, without a word of the file.
    var message: String {
        switch self {
        case .noDirectory: "no credentials directory was given to the daemon"
        case .missing: "there is no file of the credential's name"
        case .unreadable: "the credential's file cannot be read"
        case .malformed(let line, let rule): "line \(line) of the credential's file: \(rule)"
        }
    }
}

/// The credentials' files, by name; each is read when it is needed and not kept.
struct Credentials: Sendable {
    private static let sizeLimit = 16_384
    let directory: FilePath?

    /// Reads the credential of this name, which `InstanceID.isName` has found safe as a file name.
    func read(_ name: String) throws(CredentialError) -> Credential {
        guard let directory else { throw .noDirectory }
        let bytes: [UInt8]
        do {
            bytes = try HostFile.read(directory.appending(name), limit: Self.sizeLimit)
        } catch Errno.noSuchFileOrDirectory {
            throw .missing
        } catch {
            throw .unreadable(error)
        }
        return try Credential(bytes)
    }
}
