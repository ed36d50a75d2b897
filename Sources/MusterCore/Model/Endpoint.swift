/// Where an API answers: an `https` address, or plain `http` to a loopback address.
///
/// It comes from a credential's file, never from a client of the socket: who may write that file
/// decides where the token may go.
package struct Endpoint: Hashable, Sendable {
    /// The address without a trailing slash, at most 512 bytes.
    package let text: String
    /// Whether it points to this host by a literal address (127.0.0.0/8 or ::1).
    package let isLoopback: Bool

    private init(trusted text: String, isLoopback: Bool) {
        self.text = text
        self.isLoopback = isLoopback
    }

    /// TTD's production API.
    package static let production = Endpoint(
        trusted: "https://api.thetradedesk.com/v3", isLoopback: false)

    /// Nil unless `text` is `https://host[:port][/path]`, or `http` to a loopback address, of
    /// printable ASCII without user, query or fragment.
    package init?(_ text: String) {
        guard let address = Address(text), text.utf8.count <= 512,
            !text.utf8.contains(where: { $0 == 0x3f || $0 == 0x23 })
        else { return nil }
        guard address.isSecure || address.isLoopback else { return nil }
        var trimmed = Substring(text)
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.init(trusted: String(trimmed), isLoopback: address.isLoopback)
    }

    /// Whether an upload address that this endpoint gave may be used: `https` to another host, and
    /// anything loopback or unencrypted only where the endpoint itself is loopback.
    package func mayUpload(to url: String) -> Bool {
        guard let address = Address(url) else { return false }
        return isLoopback
            ? address.isSecure || address.isLoopback : address.isSecure && !address.isLoopback
    }
}

/// The parts of an absolute HTTP address that decide whether it may be used.
package struct Address: Hashable, Sendable {
    package let isSecure: Bool
    /// The host as written, in lower case, without brackets.
    package let host: String
    package let port: UInt16

    /// Nil unless `text` is an absolute `http` or `https` address of printable ASCII without user
    /// information.
    package init?(_ text: String) {
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != 0x5c }) else { return nil }
        let lowered = text.lowercased()
        let rest: Substring
        if lowered.hasPrefix("https://") {
            isSecure = true
            rest = lowered.dropFirst(8)
        } else if lowered.hasPrefix("http://") {
            isSecure = false
            rest = lowered.dropFirst(7)
        } else {
            return nil
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let split = Self.split(authority), !split.host.isEmpty else { return nil }
        host = String(split.host)
        guard let portText = split.port else {
            port = isSecure ? 443 : 80
            return
        }
        guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = UInt16(portText), number > 0
        else { return nil }
        port = number
    }

    /// Whether the host is a literal loopback address; the name `localhost` is not one, because it
    /// can be made to resolve to anything.
    package var isLoopback: Bool {
        if host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in
                (1...3).contains(part.utf8.count) && UInt8(part) != nil
                    && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
            }
    }

    private static func split(_ authority: Substring) -> (host: Substring, port: Substring?)? {
        guard !authority.contains("@") else { return nil }
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            let host = authority[authority.index(after: authority.startIndex)..<close]
            let rest = authority[authority.index(after: close)...]
            guard host.utf8.allSatisfy({ isHexDigit($0) || $0 == 0x3a || $0 == 0x2e }) else {
                return nil
            }
            if rest.isEmpty { return (host, nil) }
            return rest.hasPrefix(":") ? (host, rest.dropFirst()) : nil
        }
        let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let isName = parts[0].utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) || $0 == 0x2d || $0 == 0x2e
        }
        guard isName else { return nil }
        return (parts[0], parts.count == 2 ? parts[1] : nil)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}
