import MusterCore
import SystemPackage

/// A secret that goes into a request header and nowhere else: printing it shows a placeholder.
///
/// Its bytes are overwritten when the last copy is gone. The header that is made of them belongs to
/// the HTTP library, which frees it and does not overwrite it.
struct Token: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let secret: Secret

    /// A token of printable ASCII.
    init(_ secret: some Sequence<UInt8>) {
        self.secret = Secret(secret)
    }

    /// The header value; the one way to the secret.
    var headerValue: String { secret.withBytes { String(decoding: $0, as: UTF8.self) } }

    /// The first 4 bytes of the token's SHA-256: enough to see that it was replaced, too little to
    /// try tokens against.
    var fingerprint: UInt32 {
        secret.withBytes { Digest.sha256($0) }.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The same bytes with a placeholder wherever the token stands in them.
    ///
    /// One under 8 bytes stays: it hides nothing, and may be part of any word.
    func struckOut(of bytes: [UInt8]) -> [UInt8] {
        secret.withBytes { secret in
            guard let first = secret.first, secret.count >= 8 else { return bytes }
            var output: [UInt8] = []
            var index = 0
            while let next = bytes[index...].firstIndex(of: first) {
                output += bytes[index..<next]
                if bytes[next...].starts(with: secret) {
                    output += "<redacted>".utf8
                    index = next + secret.count
                } else {
                    output.append(first)
                    index = next + 1
                }
            }
            return output + bytes[index...]
        }
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
            .map(Self.trimmed)
        guard let secret = lines.first, (1...4096).contains(secret.count),
            secret.allSatisfy({ (0x21...0x7e).contains($0) })
        else {
            throw .malformed(
                line: 1, rule: "the first line must be the token, printable ASCII without spaces")
        }
        token = Token(secret)
        var endpoint = Endpoint.production
        var expires: CalendarDate?
        // The token's own line never becomes a text, which nobody could overwrite.
        for (index, bytes) in lines.enumerated().dropFirst()
        where !bytes.isEmpty && bytes.first != UInt8(ascii: "#") {
            let line = String(decoding: bytes, as: UTF8.self)
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

    private static func value(of name: String, in line: String) -> String? {
        guard line.hasPrefix(name + " ") else { return nil }
        return String(line.dropFirst(name.count + 1).drop { $0 == " " || $0 == "\t" })
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let last = line.last, last == 0x20 || last == 0x09 || last == 0x0d {
            line = line.dropLast()
        }
        return line.drop { $0 == 0x20 || $0 == 0x09 }
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

/// The credentials' files, by name; each is read when it is needed, and what was read is
/// overwritten.
struct Credentials: Sendable {
    private static let sizeLimit = 16_384
    let directory: FilePath?

    /// Reads the credential of this name, which `InstanceID.isName` has found safe as a file name.
    func read(_ name: String) throws(CredentialError) -> Credential {
        guard let directory else { throw .noDirectory }
        var bytes: [UInt8] = []
        defer { bytes.wipe() }
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
