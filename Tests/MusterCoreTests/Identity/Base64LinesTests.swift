import CMuster
import Testing

@testable import MusterCore

@Suite struct `The base64 of many digests` {
    /// Of SHA-256, and of words in which each value of six bits stands in each place.
    private func digests(_ count: Int) -> [Digest] {
        (0..<count).map { number in
            let word = UInt64(number & 63) &* 0x1041_0410_4104_1041
            return number.isMultiple(of: 2)
                ? Digest.sha256("\(number)".utf8) : Digest((word, word << 2, word << 4, ~word))
        }
    }

    @Test(arguments: [0, 1, 2, 3, 128, 5825])
    func `is the same by the processor and by the table`(count: Int) {
        let digests = digests(count)
        let lines = Digest.base64LinesByTable(of: digests)
        #expect(lines.count == 45 * count)
        #expect((Digest.base64LinesByProcessor(of: digests) ?? lines) == lines)
        #expect(Digest.base64Lines(of: digests) == lines)
    }

    @Test(arguments: [0, 1, 2, 77]) func `ends where its last line does`(count: Int) {
        let digests = digests(count)
        var lines = [UInt8](repeating: 0xAA, count: 45 * count + 64)
        // The C function reads the digests, writes their lines, for which there is more than enough
        // room, and keeps nothing.
        let isDone = unsafe digests.withUnsafeBytes { bytes in
            unsafe lines.withUnsafeMutableBufferPointer { output in
                unsafe muster_base64_lines(bytes.baseAddress, count, output.baseAddress)
            }
        }
        let written = isDone == 1 ? Digest.base64LinesByTable(of: digests) : []
        #expect(lines == written + [UInt8](repeating: 0xAA, count: lines.count - written.count))
    }
}
