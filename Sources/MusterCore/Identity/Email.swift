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
        var bytes: [UInt8] = []
        try Self.normalise(text, into: &bytes)
        self.init(stored: bytes)
    }

    /// Reads an address that is copied first.
    package init(_ text: some Collection<UInt8>) throws(MemberRejection) {
        try self.init(Array(text).span)
    }

    /// An address that was normalised when it was stored.
    package init(stored bytes: [UInt8]) {
        self.init(normalised: bytes, digest: .sha256(bytes.span))
    }

    /// A normalised address of which the digest is known.
    init(normalised bytes: [UInt8], digest: Digest) {
        self.bytes = bytes
        self.digest = digest
    }

    /// Appends the normalised form of an address as people write it; appends nothing where it is
    /// none.
    static func normalise(
        _ text: Span<UInt8>, into output: inout [UInt8]
    ) throws(MemberRejection) {
        let trimmed = text.withoutSpaces
        guard !trimmed.isEmpty else { throw .empty }
        guard trimmed.count <= limit else { throw .tooLong }
        let address = text.extracting(trimmed)
        let at = try check(address)
        let start = output.count
        if isGmail(address.extracting((at + 1)...)) {
            appendWithoutTag(address.extracting(..<at), to: &output)
        } else {
            output.append(lowered: address.extracting(..<at))
        }
        guard output.count > start else { throw .emptyLocalPart }
        output.append(lowered: address.extracting(at...))
    }

    private static func appendWithoutTag(_ local: Span<UInt8>, to output: inout [UInt8]) {
        for index in local.indices {
            let byte = local[index]
            if byte == UInt8(ascii: "+") { return }
            if byte != UInt8(ascii: ".") { output.append(lowered(byte)) }
        }
    }

    fileprivate static func lowered(_ byte: UInt8) -> UInt8 {
        (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
    }

    private static let gmail = Array("gmail.com".utf8)

    private static func isGmail(_ domain: Span<UInt8>) -> Bool {
        guard domain.count == gmail.count else { return false }
        for index in domain.indices where lowered(domain[index]) != gmail[index] { return false }
        return true
    }

    /// Where the one `@` is, in a text without spaces around it that an address may have.
    private static func check(_ text: Span<UInt8>) throws(MemberRejection) -> Int {
        var all: UInt8 = 0
        var at: Int?
        var hasMore = false
        for index in text.indices {
            let byte = text[index]
            if byte <= 0x20 || byte == 0x7f {
                throw byte == 0x20 || (0x09...0x0d).contains(byte) ? .whiteSpace : .controlCharacter
            }
            all |= byte
            if byte == UInt8(ascii: "@") {
                hasMore = at != nil
                at = at ?? index
            }
        }
        if all >= 0x80 { try checkScalars(text) }
        if hasMore { throw .manyAts }
        guard let at else { throw .notAHash }
        guard at + 1 < text.count else { throw .emptyDomain }
        return at
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

extension [UInt8] {
    /// Appends `text` with its ASCII letters in lower case.
    fileprivate mutating func append(lowered text: Span<UInt8>) {
        append(addingCapacity: text.count) { output in
            for index in text.indices { output.append(Email.lowered(text[index])) }
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
