import DequeModule
import MusterCore

/// The streams of one connection, in the order in which they have their turns.
struct OpenStreams {
    private var streams: Deque<(id: RequestID, stream: any ReplyStream)> = []

    var isEmpty: Bool { streams.isEmpty }

    /// All of them, to be walked over while some end.
    var all: [any ReplyStream] { streams.map(\.stream) }

    mutating func append(_ stream: any ReplyStream, _ id: RequestID) {
        streams.append((id, stream))
    }

    /// False where there is none of this id.
    mutating func remove(_ id: RequestID) -> Bool {
        guard let index = streams.firstIndex(where: { $0.id == id }) else { return false }
        streams.remove(at: index)
        return true
    }

    /// The first becomes the last, so that each is first at some time.
    mutating func rotate() {
        if let first = streams.popFirst() { streams.append(first) }
    }

    /// Ends all without a word; how many they were.
    mutating func cancelAll() -> Int {
        let gone = streams
        streams = []
        for (_, stream) in gone { stream.cancel() }
        return gone.count
    }
}
