import Crypto
import FoundationEssentials

/// Makes and checks upload URLs that look as S3's presigned ones do.
///
/// The signature is this program's own: HMAC-SHA256, under a key that dies with the process, of
/// method, host, path and all of the query before it. Nothing may follow it but a last `&`.
struct Presign: Sendable {
    private static let mark = "&X-Amz-Signature="

    private let key = SymmetricKey(size: .bits256)
    private let seconds: Int
    private let now: @Sendable () -> Date

    init(seconds: Int, now: @escaping @Sendable () -> Date) {
        self.seconds = seconds
        self.now = now
    }

    /// The path and query at which the drop may be uploaded to `host`.
    func target(advertiser: String, reference: String, host: String) -> String {
        let path = "/upload/data/advertiser/\(advertiser)/drop/\(reference)/pii"
        let query =
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=\(now().formatted(Self.style))"
            + "&X-Amz-Expires=\(seconds)&X-Amz-SignedHeaders=host"
        let code = HMAC<SHA256>.authenticationCode(
            for: Self.signed(path: path, query: query, host: host), using: key)
        return "\(path)?\(query)\(Self.mark)\(hexadecimal(code))&"
    }

    /// Throws unless `target` was made here for `host` and has not expired.
    func check(target: String, host: String) throws(UploadRefused) {
        guard let question = target.firstIndex(of: "?"),
            let mark = target.ranges(of: Self.mark).first
        else { throw .unsigned }
        let path = String(target[..<question])
        let query = String(target[target.index(after: question)..<mark.lowerBound])
        var signature = target[mark.upperBound...]
        if signature.last == "&" { signature.removeLast() }
        guard let code = bytes(ofHexadecimal: signature),
            HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: Self.signed(path: path, query: query, host: host), using: key)
        else { throw .tampered }
        guard let signedAt = Self.date(in: query),
            now() < signedAt.addingTimeInterval(TimeInterval(seconds))
        else { throw .expired }
    }

    private static let style = Date.ISO8601FormatStyle(
        dateSeparator: .omitted, timeSeparator: .omitted)

    private static func signed(path: String, query: String, host: String) -> Data {
        Data("PUT\n\(host)\n\(path)\n\(query)".utf8)
    }

    private static func date(in query: String) -> Date? {
        let name = "X-Amz-Date="
        guard let field = query.split(separator: "&").first(where: { $0.hasPrefix(name) }) else {
            return nil
        }
        // The signature holds, so it is a date written above; nil would be taken for expired.
        return try? Date(String(field.dropFirst(name.count)), strategy: style)
    }
}

/// Lower-case hex digits of `bytes`.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
        decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] as [UInt8] },
        as: UTF8.self)
}

private func bytes(ofHexadecimal text: Substring) -> [UInt8]? {
    guard text.utf8.count == 64 else { return nil }
    let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    guard digits.count == 64 else { return nil }
    return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
}
