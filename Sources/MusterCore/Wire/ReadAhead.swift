import DequeModule

/// A frame of a client, read; nothing of it was carried out.
package enum Reading: Sendable {
    case request(Result<Request, RefusedRequest>, weight: Int)
    case tooLarge(length: Int)

    /// Reads the body of a frame.
    package init(body: Span<UInt8>) {
        let request = Result { () throws(RefusedRequest) in try Request.parse(body) }
        self = .request(request, weight: Frame.weight(body: body.count))
    }

    /// What it counts in the budgets of a turn.
    package var weight: Int {
        switch self {
        case .request(_, let weight): weight
        case .tooLarge: Frame.leastWeight
        }
    }
}

/// Cuts what one connection sends into frames and reads them, small ones some ahead of their turn.
///
/// Most requests need memory that is far from the processor. What is read ahead tells where, so
/// that all of them wait for it at the same time and not one after another.
package struct ReadAhead: Sendable {
    /// The most frames that are read ahead, and the most bytes of each.
    package static let limit = (frames: 16, bytes: 4096)

    private var decoder = FrameDecoder()
    private var readings: Deque<Reading> = []
    /// How many of these were foreseen.
    private var foreseen = 0

    package init() {}

    /// Takes the next bytes of the connection.
    package mutating func feed(_ bytes: Span<UInt8>) {
        decoder.feed(bytes)
    }

    /// Whether the first frame not yet taken has begun and is not complete.
    package var isMidFrame: Bool { readings.isEmpty && decoder.isMidFrame }

    /// Reads small frames ahead, as many as are there.
    package mutating func fill() {
        while readings.count < Self.limit.frames,
            let reading = decoder.next(upTo: Self.limit.bytes, { Reading(body: $0) })
        {
            readings.append(reading)
        }
    }

    /// Calls `body` with each request that was read ahead, once, so that all follow one another.
    package mutating func foresee(_ body: (Request) -> Void) {
        for reading in readings[foreseen...] {
            if case .request(.success(let request), _) = reading { body(request) }
        }
        foreseen = readings.count
    }

    /// The next frame, or nil until more bytes come; an error is final.
    package mutating func next(
        _ foresee: (Request) -> Void
    ) throws(FrameError) -> Reading? {
        if readings.isEmpty {
            fill()
            self.foresee(foresee)
        }
        if let reading = readings.popFirst() {
            foreseen = max(0, foreseen - 1)
            return reading
        }
        switch try decoder.next() {
        case .body(let body)?: return Reading(body: body.span)
        case .tooLarge(let length)?: return .tooLarge(length: length)
        case nil: return nil
        }
    }
}
