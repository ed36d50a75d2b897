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
    /// The SHA-256 of `bytes`.
    package let digest: Digest

    /// Reads an address as people write it.
    package init(_ text: Span<UInt8>) throws(MemberRejection) {
        let trimmed = text.withoutSpaces
        guard !trimmed.isEmpty else { throw .empty }
        guard trimmed.count <= Self.limit else { throw .tooLong }
        try self.init(trimmed: text.extracting(trimmed))
    }

    /// Reads an address that is copied first.
    package init(_ text: some Collection<UInt8>) throws(MemberRejection) {
        try self.init(Array(text).span)
    }

    /// An address that was normalised when it was stored.
    package init(stored bytes: [UInt8]) {
        self.bytes = bytes
        digest = .sha256(bytes.span)
    }

    private init(trimmed text: Span<UInt8>) throws(MemberRejection) {
        try Self.check(text)
        var at: Int?
        for index in text.indices where text[index] == UInt8(ascii: "@") {
            guard at == nil else { throw .manyAts }
            at = index
        }
        guard let at else { throw .notAHash }
        guard at + 1 < text.count else { throw .emptyDomain }
        let folds = Self.isGmail(text.extracting((at + 1)...))
        let bytes = [UInt8](capacity: text.count) { output in
            var isTag = false
            for index in text.indices {
                let byte = text[index]
                if folds, index < at {
                    isTag = isTag || byte == UInt8(ascii: "+")
                    if isTag || byte == UInt8(ascii: ".") { continue }
                }
                output.append(Self.lowered(byte))
            }
        }
        guard bytes[0] != UInt8(ascii: "@") else { throw .emptyLocalPart }
        self.init(stored: bytes)
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
    }

    private static let gmail = Array("gmail.com".utf8)

    private static func isGmail(_ domain: Span<UInt8>) -> Bool {
        guard domain.count == gmail.count else { return false }
        for index in domain.indices where lowered(domain[index]) != gmail[index] { return false }
        return true
    }

    private static func check(_ text: Span<UInt8>) throws(MemberRejection) {
        var isASCII = true
        for index in text.indices {
            let byte = text[index]
            if byte <= 0x20 || byte == 0x7f {
                throw byte == 0x20 || (0x09...0x0d).contains(byte) ? .whiteSpace : .controlCharacter
            }
            if byte >= 0x80 { isASCII = false }
        }
        if !isASCII { try checkScalars(text) }
    }

    private static func checkScalars(_ text: Span<UInt8>) throws(MemberRejection) {
        let valid: UTF8Span
        do {
            valid = try UTF8Span(validating: text)
        } catch {
            throw .notText
        }
        var scalars = valid.makeUnicodeScalarIterator()
        while let scalar = scalars.next() {
            if scalar.properties.isWhitespace { throw .whiteSpace }
            if (0x80...0x9f).contains(scalar.value) { throw .controlCharacter }
        }
    }
}

extension Span where Element == UInt8 {
    /// Where the text is that spaces (U+0020 alone) surround.
    var withoutSpaces: Range<Int> {
        var (start, end) = (0, count)
        while start < end, self[start] == 0x20 { start += 1 }
        while start < end, self[end - 1] == 0x20 { end -= 1 }
        return start..<end
    }
}

extension Email: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<address>" }
    package var debugDescription: String { "<address>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
