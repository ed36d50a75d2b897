/// Cuts the bytes of one connection into frames.
///
/// Memory follows what was received, never the length a frame claims. A body over the limit is
/// dropped as it comes. After an error the decoder takes nothing more and repeats the error.
package struct FrameDecoder: Sendable {
    private let limit: Int
    private var held: [UInt8] = []
    private var head = 0
    private var discarding: (length: Int, remaining: Int)?
    private var failure: FrameError?

    /// A decoder of bodies of up to `limit` bytes, within 1 and `Frame.hardLimit`.
    package init(limit: Int = Frame.defaultLimit) {
        precondition(limit >= 1 && limit <= Frame.hardLimit, "a limit is 1 to 2^24 - 1 bytes")
        self.limit = limit
    }

    /// Whether the first frame not yet taken has begun and is not complete.
    package var isMidFrame: Bool {
        if let discarding { return discarding.remaining > 0 }
        guard failure == nil, available > 0 else { return false }
        guard available >= Frame.headerLength else { return true }
        return available < Frame.headerLength + claimedLength
    }

    /// Takes the next bytes of the connection.
    package mutating func feed(_ bytes: Span<UInt8>) {
        guard failure == nil else { return }
        let dropped = min(discarding?.remaining ?? 0, bytes.count)
        discarding?.remaining -= dropped
        compact()
        held.append(copying: bytes.extracting(droppingFirst: dropped))
    }

    /// The next frame, or nil until more bytes come; an error is final.
    package mutating func next() throws(FrameError) -> Frame.Incoming? {
        if let failure { throw failure }
        if let incoming = discarded() { return incoming }
        guard discarding == nil, available > 0 else { return nil }
        guard held[head] == 0 else { throw fail() }
        guard available >= Frame.headerLength else { return nil }
        let length = claimedLength
        guard length > 0 else { throw fail() }
        guard length <= limit else {
            discard(length)
            return discarded()
        }
        guard available >= Frame.headerLength + length else { return nil }
        let start = head + Frame.headerLength
        head = start + length
        defer { releaseIfTaken() }
        return .body(Array(held[start..<head]))
    }

    /// Gives the next frame's body to `read` and takes it, where all of it has come and it has at
    /// most `most` bytes; otherwise `next` tells what there is.
    package mutating func next<Value>(
        upTo most: Int, _ read: (Span<UInt8>) -> Value
    ) -> Value? {
        guard failure == nil, discarding == nil, available > Frame.headerLength, held[head] == 0
        else { return nil }
        let length = claimedLength
        guard (1...min(most, limit)).contains(length), available >= Frame.headerLength + length
        else { return nil }
        let start = head + Frame.headerLength
        head = start + length
        defer { releaseIfTaken() }
        return read(held.span.extracting(start..<head))
    }

    private var available: Int { held.count - head }

    private var claimedLength: Int {
        Int(held[head]) << 24 | Int(held[head + 1]) << 16
            | Int(held[head + 2]) << 8 | Int(held[head + 3])
    }

    private mutating func discard(_ length: Int) {
        head += Frame.headerLength
        let dropped = min(length, available)
        head += dropped
        discarding = (length, length - dropped)
        releaseIfTaken()
    }

    private mutating func discarded() -> Frame.Incoming? {
        guard let discarding, discarding.remaining == 0 else { return nil }
        self.discarding = nil
        return .tooLarge(length: discarding.length)
    }

    private mutating func fail() -> FrameError {
        let error = FrameError.invalid(first: Array(held[head...].prefix(4)))
        failure = error
        held = []
        head = 0
        return error
    }

    private mutating func releaseIfTaken() {
        guard head == held.count else { return }
        // A connection at rest keeps no room for the largest frame it ever sent.
        held.removeAll(keepingCapacity: held.capacity <= 64 << 10)
        head = 0
    }

    /// Drops what was taken, but only when that is at least as much as what stays, so that
    /// pipelined frames are not moved once for each frame.
    private mutating func compact() {
        guard head > 0, head >= available else { return }
        held = Array(held[head...])
        head = 0
    }
}
