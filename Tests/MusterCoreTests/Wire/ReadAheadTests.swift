import Synchronization
import Testing

@testable import MusterCore

private func frame(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    Frame.encode(Array(text.utf8), into: &bytes)
    return bytes
}

private func ping(_ id: Int) -> [UInt8] { frame(#"{"id": \#(id), "method": "ping"}"#) }

/// A ping that is longer than what is read ahead.
private func longPing(_ id: Int) -> [UInt8] {
    frame(
        #"{"id": \#(id), "#
            + String(repeating: " ", count: ReadAhead.limit.bytes) + #""method": "ping"}"#)
}

/// What has long frames read when they are asked for.
private func reader() -> ReadAhead {
    ReadAhead { body in { Reading(body: body.span) } }
}

extension ReadAhead {
    /// The ids of the requests that are there now, and of those that were foreseen meanwhile.
    fileprivate mutating func drain() throws(FrameError) -> (
        taken: [RequestID], foreseen: [RequestID]
    ) {
        var taken: [RequestID] = []
        var foreseen: [RequestID] = []
        while let reading = try next({ foreseen.append($0.id) }) {
            if case .request(.success(let request), _) = reading { taken.append(request.id) }
        }
        return (taken, foreseen)
    }
}

@Suite struct `Reading ahead` {
    @Test(arguments: [1, 7, 64, 1000]) func `gives every frame once, in order, however it comes`(
        size: Int
    ) throws {
        let stream = (1...50).flatMap { $0 % 9 == 0 ? longPing($0) : ping($0) }
        var ahead = reader()
        var taken: [RequestID] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            ahead.feed(stream.dropFirst(start).prefix(size))
            taken += try ahead.drain().taken
        }
        #expect(taken == (1...50).map { .integer($0) })
        #expect(!ahead.isMidFrame)
    }

    @Test func `foresees small requests before any of them is taken, and no more than the limit`()
        throws
    {
        var ahead = reader()
        ahead.feed((1...40).flatMap(ping))
        var foreseen: [RequestID] = []
        _ = try ahead.next { foreseen.append($0.id) }
        #expect(foreseen == (1...Int64(ReadAhead.limit.frames)).map { .integer($0) })
        let taken = try ahead.drain().taken
        #expect(taken == (2...40).map { .integer($0) })
    }

    @Test func `foresees each request once, whenever it was read`() throws {
        var ahead = reader()
        var foreseen: [RequestID] = []
        for id in 1...3 {
            ahead.feed(ping(id))
            ahead.fill()
            ahead.foresee { foreseen.append($0.id) }
        }
        _ = try ahead.next { foreseen.append($0.id) }
        ahead.feed(ping(4))
        ahead.fill()
        ahead.foresee { foreseen.append($0.id) }
        let (taken, late) = try ahead.drain()
        #expect(foreseen == (1...4).map { .integer($0) })
        #expect(taken == (2...4).map { .integer($0) } && late.isEmpty)
    }

    @Test func `has long frames read by another, but for one that nothing stands before`() throws {
        let handed = Mutex<[Int]>([])
        var ahead = ReadAhead { body in
            handed.withLock { $0.append(body.count) }
            return { Reading(body: body.span) }
        }
        let frames = [longPing(1), ping(2), longPing(30), longPing(400)]
        ahead.feed(frames.flatMap(\.self))
        ahead.fill()
        #expect(handed.withLock(\.self) == frames[2...].map { $0.count - Frame.headerLength })
        #expect(try ahead.drain().taken == [.integer(1), .integer(2), .integer(30), .integer(400)])
    }

    @Test func `foresees nothing of a long frame`() throws {
        var ahead = reader()
        ahead.feed((ping(1) + longPing(2) + ping(3)))
        let (taken, foreseen) = try ahead.drain()
        #expect(taken == [.integer(1), .integer(2), .integer(3)])
        #expect(foreseen == [.integer(1), .integer(3)])
    }

    @Test func `tells what is no frame only behind those before it`() throws {
        var ahead = reader()
        ahead.feed((ping(1) + ping(2) + Array("oops".utf8)))
        ahead.fill()
        let first = try ahead.next { _ in }
        let second = try ahead.next { _ in }
        #expect(first?.weight == Frame.leastWeight && second != nil)
        #expect(throws: FrameError.invalid(first: Array("oops".utf8))) {
            try ahead.next { _ in }
        }
    }

    @Test func `is in the middle of a frame only when those before it are taken`() throws {
        var ahead = reader()
        ahead.feed((ping(1) + [0, 0]))
        ahead.fill()
        #expect(!ahead.isMidFrame)
        _ = try ahead.next { _ in }
        #expect(ahead.isMidFrame)
    }

    @Test func `keeps a refusal and a frame that is too large in their places`() throws {
        var ahead = reader()
        let huge: [UInt8] = [0, 0xFF, 0xFF, 0xFF]
        ahead.feed((frame("nonsense") + huge))
        ahead.feed([UInt8](repeating: 0, count: Frame.hardLimit))
        ahead.feed(ping(3))
        var kinds: [String] = []
        while let reading = try ahead.next({ _ in }) {
            switch reading {
            case .request(.success, _): kinds.append("request")
            case .request(.failure, _): kinds.append("refused")
            case .tooLarge: kinds.append("tooLarge")
            }
        }
        #expect(kinds == ["refused", "tooLarge", "request"])
    }
}
