/// What may be kept of an answer that others wrote: it can echo an address, a digest or a signed
/// URL.
///
/// A string that holds `://…?`, an `@`, or 40 or more base64 or hex characters in a row is replaced
/// by `<redacted n bytes>`. In JSON a string is a literal; elsewhere it is what stands between
/// white space, quotes and angle brackets. JSON escapes, percent and numeric character references
/// are seen through, also when nested.
package enum Redaction {
    /// At most so many bytes of UTF-8 are kept.
    package static let limit = 4096
    /// At most so many bytes of an answer are looked at.
    package static let readingLimit = 65_536

    /// The text that may be kept of `answer`; control characters become spaces.
    ///
    /// Say that it is not whole when reading stopped before its end: its last string is then taken
    /// for a secret that was cut short.
    package static func kept(of answer: [UInt8], isWhole: Bool = true) -> String {
        let read = Array(answer.prefix(readingLimit))
        let isWhole = isWhole && read.count == answer.count
        let pieces = RedactionPieces.ofJSON(read) ?? RedactionPieces.ofText(read)
        var output: [UInt8] = []
        for (index, piece) in pieces.enumerated() {
            let isCutShort = !isWhole && index == pieces.count - 1
            if piece.isString && (isCutShort || isSensitive(read[piece.range])) {
                output += "<redacted \(piece.range.count) bytes>".utf8
            } else {
                output += read[piece.range].map(printable)
            }
            // Cut only after judging: half an address would pass for a word.
            if output.count > limit { break }
        }
        return text(output)
    }

    private static func printable(_ byte: UInt8) -> UInt8 {
        byte < 0x20 || byte == 0x7F ? UInt8(ascii: " ") : byte
    }

    /// Bytes that are no UTF-8 repaired, then as much as fits.
    private static func text(_ bytes: [UInt8]) -> String {
        var kept = String.UnicodeScalarView()
        var count = 0
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            count += UTF8.width(scalar)
            guard count <= limit else { break }
            kept.append(scalar)
        }
        return String(kept)
    }
}

extension Redaction {
    private static let rounds = 4

    private static func isSensitive(_ string: ArraySlice<UInt8>) -> Bool {
        var bytes = Array(string)
        for _ in 0..<rounds {
            if showsSecret(bytes) { return true }
            let plainer = RedactionEscapes.undone(bytes)
            if plainer == bytes { return false }
            bytes = plainer
        }
        // Whoever wraps something five times has something to hide.
        return true
    }

    private static func showsSecret(_ bytes: [UInt8]) -> Bool {
        holdsAt(bytes) || holdsQuery(bytes) || holdsLongRun(bytes) || holdsHexDump(bytes)
    }

    /// `@`, also in its full-width (U+FF20) and small (U+FE6B) forms.
    private static func holdsAt(_ bytes: [UInt8]) -> Bool {
        bytes.contains(UInt8(ascii: "@"))
            || bytes.indices.dropLast(2).contains { at in
                bytes[at] == 0xEF
                    && (bytes[at + 1] == 0xBC && bytes[at + 2] == 0xA0
                        || bytes[at + 1] == 0xB9 && bytes[at + 2] == 0xAB)
            }
    }

    /// `://` and later a `?`.
    private static func holdsQuery(_ bytes: [UInt8]) -> Bool {
        guard let query = bytes.lastIndex(of: UInt8(ascii: "?")) else { return false }
        return bytes[..<query].indices.dropLast(2).contains { at in
            bytes[at] == UInt8(ascii: ":") && bytes[at + 1] == UInt8(ascii: "/")
                && bytes[at + 2] == UInt8(ascii: "/")
        }
    }

    /// 40 characters of base64, of its URL-safe kind or of hex without anything between them.
    private static func holdsLongRun(_ bytes: [UInt8]) -> Bool {
        var run = 0
        for byte in bytes {
            run = RedactionPieces.isBase64(byte) ? run + 1 : 0
            if run >= 40 { return true }
        }
        return false
    }

    /// 20 pairs of hex digits with one character between them, as S3 prints what was signed.
    private static func holdsHexDump(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 59 else { return false }
        var pairs = 0
        var at = 0
        while at + 1 < bytes.count {
            let isPair = RedactionPieces.isHex(bytes[at]) && RedactionPieces.isHex(bytes[at + 1])
            pairs = isPair ? pairs + 1 : 0
            if pairs >= 20 { return true }
            at += isPair ? 3 : 1
        }
        return false
    }
}
