import CMuster

/// CRC-32C (Castagnoli), as in RFC 3720 appendix B.4; the check value of `123456789` is E3069283.
package enum CRC32C {
    /// The checksum of `bytes`, continuing from `seed`.
    package static func checksum(of bytes: Span<UInt8>, seed: UInt32 = 0) -> UInt32 {
        // The C function reads exactly the span's bytes and keeps nothing.
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe muster_crc32c(seed, buffer.baseAddress, buffer.count)
        }
    }
}
