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

    /// What a connection sent.
    package enum Incoming: Hashable, Sendable {
        case body([UInt8])
        /// A frame over the limit, read off and forgotten; the connection goes on.
        case tooLarge(length: Int)

        /// The bytes that wait to be taken up; those of a frame over the limit are gone already.
        package var size: Int {
            switch self {
            case .body(let body): headerLength + body.count
            case .tooLarge: headerLength
            }
        }
    }

    /// Appends `body` as one frame to `output`.
    ///
    /// The caller keeps `body` within 1 and `hardLimit` bytes.
    package static func encode(_ body: [UInt8], into output: inout [UInt8]) {
        precondition(!body.isEmpty && body.count <= hardLimit, "a frame holds 1 to 2^24 - 1 bytes")
        output.reserveCapacity(roomFor(headerLength + body.count, in: output))
        output.append(0)
        output.append(UInt8(truncatingIfNeeded: body.count >> 16))
        output.append(UInt8(truncatingIfNeeded: body.count >> 8))
        output.append(UInt8(truncatingIfNeeded: body.count))
        output.append(contentsOf: body)
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
