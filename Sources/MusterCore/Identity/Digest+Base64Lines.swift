// The rows that are sent of digests. Touches memory for the instructions that Swift does not have.

import CMuster

extension Digest {
    /// How many bytes a line of base64 has.
    package static let base64LineSize = 45

    /// For each digest 44 characters of base64 (RFC 4648, padded) and a line feed.
    package static func base64Lines(of digests: [Digest]) -> [UInt8] {
        base64LinesByProcessor(of: digests) ?? base64LinesByTable(of: digests)
    }

    /// As above, by instructions for sixteen characters at a time; nil where the processor has none.
    static func base64LinesByProcessor(of digests: [Digest]) -> [UInt8]? {
        let size = digests.count * base64LineSize
        let lines = unsafe [UInt8](unsafeUninitializedCapacity: size) { output, count in
            guard let start = output.baseAddress else { return }
            // The C function reads the digests, writes exactly their lines and keeps nothing.
            let isDone = unsafe digests.withUnsafeBytes { bytes in
                unsafe muster_base64_lines(bytes.baseAddress, digests.count, start)
            }
            count = isDone == 1 ? size : 0
        }
        return lines.count == size ? lines : nil
    }

    static func base64LinesByTable(of digests: [Digest]) -> [UInt8] {
        var lines = [UInt8](repeating: UInt8(ascii: "\n"), count: digests.count * base64LineSize)
        var output = lines.mutableSpan
        let pairs = base64Pairs
        // Inlined for each line, and of a known size, no look in the table needs a check.
        for (index, digest) in digests.enumerated() {
            digest.storeBase64(in: &output, at: index * base64LineSize, pairs.span)
        }
        return lines
    }

    @inline(__always)
    private func storeBase64(
        in lines: inout MutableSpan<UInt8>, at start: Int, _ pairs: Span<UInt16>
    ) {
        lines.store(Self.base64(words.0 >> 16, pairs), at: start)
        lines.store(Self.base64(words.0 << 32 | words.1 >> 32, pairs), at: start + 8)
        lines.store(Self.base64(words.1 << 16 | words.2 >> 48, pairs), at: start + 16)
        lines.store(Self.base64(words.2, pairs), at: start + 24)
        lines.store(Self.base64(words.3 >> 16, pairs), at: start + 32)
        let padding = UInt32(UInt8(ascii: "=")) << 24
        let rest = UInt32(truncatingIfNeeded: Self.base64(words.3 << 32, pairs)) & 0xff_ffff
        lines.store(rest | padding, at: start + 40)
    }

    /// The eight characters of the lowest 48 bits, the first in the lowest byte.
    @inline(__always)
    private static func base64(_ bits: UInt64, _ pairs: Span<UInt16>) -> UInt64 {
        let first = pair(bits >> 36, pairs) | pair(bits >> 24, pairs) << 16
        return first | pair(bits >> 12, pairs) << 32 | pair(bits, pairs) << 48
    }

    @inline(__always)
    private static func pair(_ bits: UInt64, _ pairs: Span<UInt16>) -> UInt64 {
        UInt64(pairs[Int(bits & 4095)])
    }

    /// Two characters, the first in the lower byte, for each value of 12 bits; in 8 KiB,
    /// which stay near the processor.
    private static let base64Pairs: [4096 of UInt16] = {
        let digits = Array(base64Alphabet.utf8)
        var pairs = [4096 of UInt16](repeating: 0)
        for value in pairs.indices {
            pairs[value] =
                UInt16(digits[value >> 6]) | UInt16(digits[value & 63]) << 8
        }
        return pairs
    }()
}
