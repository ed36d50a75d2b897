/// An address in the one form that UID2, EUID and TTD hash: trimmed of spaces, ASCII letters in
/// lower case, and for gmail.com without dots and without what follows a plus.
///
/// The rules are the UID2 operator's (uid2docs, "Normalization and Encoding"), on bytes of UTF-8
/// and never on characters: non-ASCII letters stay as they are, and googlemail.com is another
/// domain. Beyond the operator's rules, white space and control characters that remain after
/// trimming are refused: no mailbox has them, and a row with one would match nobody.
package struct Email: Hashable, Sendable {
    /// The most bytes of an address (RFC 5321, 4.5.3.1.3, less the angle brackets).
    package static let limit = 254

    /// The normalised address, UTF-8.
    package let bytes: [UInt8]

    /// Reads an address as people write it.
    package init(_ text: some Collection<UInt8>) throws(MemberRejection) {
        var bytes = Self.trimmed(text)
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= Self.limit else { throw .tooLong }
        try Self.check(bytes)
        for index in bytes.indices where (0x41...0x5a).contains(bytes[index]) {
            bytes[index] |= 0x20
        }
        guard let at = bytes.firstIndex(of: Self.at) else { throw .notAHash }
        guard bytes.lastIndex(of: Self.at) == at else { throw .manyAts }
        guard at + 1 < bytes.count else { throw .emptyDomain }
        if bytes[(at + 1)...].elementsEqual(Self.gmail) {
            let local = bytes[..<at].prefix { $0 != Self.plus }.filter { $0 != Self.dot }
            bytes = local + bytes[at...]
        }
        guard bytes.first != Self.at else { throw .emptyLocalPart }
        self.bytes = bytes
    }

    /// An address that was normalised when it was stored.
    package init(stored bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var digest: Digest { .sha256(bytes) }

    private static let at = UInt8(ascii: "@")
    private static let dot = UInt8(ascii: ".")
    private static let plus = UInt8(ascii: "+")
    private static let gmail = Array("gmail.com".utf8)

    /// `text` without the spaces (U+0020 alone) around it.
    static func trimmed(_ text: some Collection<UInt8>) -> [UInt8] {
        var bytes = Array(text.drop { $0 == 0x20 })
        while bytes.last == 0x20 { bytes.removeLast() }
        return bytes
    }

    private static func check(_ bytes: [UInt8]) throws(MemberRejection) {
        var isASCII = true
        for byte in bytes {
            if byte == 0x20 || (0x09...0x0d).contains(byte) { throw .whiteSpace }
            if byte < 0x20 || byte == 0x7f { throw .controlCharacter }
            if byte >= 0x80 { isASCII = false }
        }
        guard !isASCII else { return }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText }
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace { throw .whiteSpace }
            if (0x80...0x9f).contains(scalar.value) { throw .controlCharacter }
        }
    }
}

extension Email: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<address>" }
    package var debugDescription: String { "<address>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
