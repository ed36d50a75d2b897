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

/// Cuts what one connection sends into frames and reads them, some ahead of their turn.
///
/// Most small requests need memory that is far from the processor. What is read ahead tells where,
/// so that all of them wait for it at the same time and not one after another. Large ones take long
/// to read, so another thread does it while those before them are carried out.
package struct ReadAhead: Sendable {
    /// The most frames that are read ahead, and the most bytes of a small one.
    package static let limit = (frames: 16, bytes: 4096)

    /// Has a body read while whoever asked goes on, and gives what waits for that.
    package typealias Aside = @Sendable (_ body: [UInt8]) -> @Sendable () -> Reading

    private enum Entry: Sendable {
        case read(Reading)
        case unread(@Sendable () -> Reading)
    }

    private let aside: Aside
    private var decoder = FrameDecoder()
    private var entries: Deque<Entry> = []
    /// How many of these were foreseen.
    private var foreseen = 0
    /// What follows them, where that is no frame.
    private var failure: FrameError?

    package init(aside: @escaping Aside) {
        self.aside = aside
    }

    /// Takes the next bytes of the connection.
    package mutating func feed(_ bytes: Span<UInt8>) {
        decoder.feed(bytes)
    }

    /// Whether the first frame not yet taken has begun and is not complete.
    package var isMidFrame: Bool { entries.isEmpty && decoder.isMidFrame }

    /// Reads small frames ahead, as many as are there, and has large ones read.
    package mutating func fill() {
        do {
            while entries.count < Self.limit.frames, let entry = try nextEntry() {
                entries.append(entry)
            }
        } catch {
            failure = error
        }
    }

    private mutating func nextEntry() throws(FrameError) -> Entry? {
        if let reading = decoder.next(upTo: Self.limit.bytes, { Reading(body: $0) }) {
            return .read(reading)
        }
        switch try decoder.next() {
        case .body(let body)? where entries.isEmpty:
            // Nothing stands before it that could be carried out meanwhile.
            return .unread { Reading(body: body.span) }
        case .body(let body)?: return .unread(aside(body))
        case .tooLarge(let length)?: return .read(.tooLarge(length: length))
        case nil: return nil
        }
    }

    /// Calls `body` with each request that was read ahead, once, so that all follow one another.
    package mutating func foresee(_ body: (Request) -> Void) {
        for entry in entries[foreseen...] {
            if case .read(.request(.success(let request), _)) = entry { body(request) }
        }
        foreseen = entries.count
    }

    /// The next frame, or nil until more bytes come; an error is final.
    package mutating func next(
        _ foresee: (Request) -> Void
    ) throws(FrameError) -> Reading? {
        if entries.isEmpty {
            fill()
            self.foresee(foresee)
        }
        guard let entry = entries.popFirst() else {
            if let failure { throw failure }
            return nil
        }
        foreseen = max(0, foreseen - 1)
        switch entry {
        case .read(let reading): return reading
        case .unread(let read): return read()
        }
    }
}
