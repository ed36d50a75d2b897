/// A frame of protocol 1: a 4-byte unsigned big-endian length, then that many bytes of body.
///
/// A body holds 1 to 2^24 - 1 bytes, so the first byte of every frame is 0 and text sent by
/// mistake is told apart at its first byte.
package enum Frame {
    /// The bytes of the length in front of a body.
    package static let headerLength = 4

    /// The longest body taken unless the settings say otherwise.
    package static let defaultLimit = 4 << 20

    /// The longest body the format can carry.
    package static let hardLimit = (1 << 24) - 1

    /// The least that a frame counts in the budgets of a turn.
    package static let leastWeight = 1 << 10

    /// What a connection sent.
    package enum Incoming: Hashable, Sendable {
        case body([UInt8])
        /// A frame over the limit, read off and forgotten; the connection goes on.
        case tooLarge(length: Int)
    }

    /// What a frame with a body of so many bytes counts in the budgets of a turn: its bytes, and no
    /// less than a small request takes to carry out.
    static func weight(body bytes: Int) -> Int { max(headerLength + bytes, leastWeight) }

    /// Appends `body` as one frame to `output`.
    ///
    /// The caller keeps `body` within 1 and `hardLimit` bytes.
    package static func encode(_ body: [UInt8], into output: inout [UInt8]) {
        output.reserveCapacity(roomFor(headerLength + body.count, in: output))
        encode(into: &output) { $0.append(contentsOf: body) }
    }

    /// Appends what `write` appends as the body of one frame, and returns its length.
    ///
    /// It is within 1 and `hardLimit` bytes.
    @discardableResult
    package static func encode(
        into output: inout [UInt8], _ write: (inout [UInt8]) -> Void
    ) -> Int {
        let start = output.count
        output.append(number: UInt32(0))
        write(&output)
        let length = output.count - start - headerLength
        precondition(length > 0 && length <= hardLimit, "a frame holds 1 to 2^24 - 1 bytes")
        output[start + 1] = UInt8(truncatingIfNeeded: length >> 16)
        output[start + 2] = UInt8(truncatingIfNeeded: length >> 8)
        output[start + 3] = UInt8(truncatingIfNeeded: length)
        return length
    }

    /// A capacity that still doubles, where an exact one would make a run of appends quadratic.
    private static func roomFor(_ count: Int, in output: [UInt8]) -> Int {
        let needed = output.count + count
        return needed <= output.capacity ? needed : max(needed, output.capacity * 2)
    }
}

/// Why a connection cannot be understood any further.
package enum FrameError: Error, Hashable, Sendable {
    /// The length is 0 or its first byte is not; `first` holds up to four bytes that came.
    case invalid(first: [UInt8])
}
