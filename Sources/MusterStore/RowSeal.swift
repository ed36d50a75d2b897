import Crypto
import MusterCore

/// Tells whether rows that are read again are those that were read before, for a tenth of what
/// SHA-256 of them takes.
///
/// Each chunk has a tag under a key that is made anew for each list and never leaves the memory: that
/// of AES-GCM over data that is not encrypted (GMAC, NIST SP 800-38D), with the number of the chunk
/// in its list as the nonce. Another chunk has the same tag once in 2^113 tries, whoever made it.
struct RowSeal: Sendable {
    private let key = SymmetricKey(size: .bits128)

    /// The tag of the chunk with this number in the list.
    func tag(of bytes: [UInt8], number: Int) -> [UInt8] {
        var nonce: [UInt8] = [0, 0, 0, 0]
        nonce.append(number: UInt64(number))
        do {
            let box = try AES.GCM.seal(
                [UInt8](), using: key, nonce: AES.GCM.Nonce(data: nonce), authenticating: bytes)
            return Array(box.tag)
        } catch {
            preconditionFailure("a key of 128 bits and a nonce of 96 are right")
        }
    }
}
