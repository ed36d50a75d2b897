import MusterCore
import NIOCore
import NIOEmbedded
import Testing

@testable import musterd

@Suite struct `A connection` {
    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", "47455420"), ("{}", "7b7d"), ("\u{1}", "01"),
    ])
    func `that sends text is told so and closed`(text: String, first: String) throws {
        let turns = try Turns()
        let client = try turns.connect()
        try client.send(Array(text.utf8))
        turns.turn()
        let answers = try client.replies()
        #expect(answers.map(\.error) == ["frame.invalid"])
        #expect(answers.first?.id == .null)
        #expect(answers.first?["error", "details"] == ["first": .string(first)])
        #expect(!client.isOpen)
    }

    @Test func `that sends a length of zero is told so and closed`() throws {
        let turns = try Turns()
        let client = try turns.connect()
        try client.send([0, 0, 0, 0])
        turns.turn()
        #expect(try client.replies().map { $0["error", "details"] } == [["first": "00000000"]])
        #expect(!client.isOpen)
    }

    @Test func `is answered what it asked before it went wrong, and nothing after`() throws {
        let turns = try Turns()
        let client = try turns.connect()
        var bytes: [UInt8] = []
        Frame.encode(Array(configuring.utf8), into: &bytes)
        bytes += Array("oops".utf8)
        Frame.encode(Array(adding(1).utf8), into: &bytes)
        try client.send(bytes)
        try client.send(adding(2))
        turns.turn()
        #expect(try client.replies().map(\.error) == [nil, "frame.invalid"])
        #expect(try turns.engine.state.position == 1)
        #expect(!client.isOpen)
    }

    @Test func `may send a frame byte by byte`() throws {
        let turns = try Turns()
        let client = try turns.connect()
        var bytes: [UInt8] = []
        Frame.encode(Array(request("ping").utf8), into: &bytes)
        for byte in bytes {
            try client.send([byte])
            turns.turn()
        }
        #expect(try client.replies().map(\.error) == [nil])
    }

    @Test func `that sends a frame over the limit is told so, and served on`() throws {
        let turns = try Turns()
        let client = try turns.connect()
        let length = Frame.defaultLimit + 1
        try client.send([
            0, UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255),
        ])
        try client.send([UInt8](repeating: 0x20, count: length - 1))
        turns.turn()
        #expect(try client.replies().isEmpty)
        var rest: [UInt8] = [0x20]
        Frame.encode(Array(request("ping", id: 8).utf8), into: &rest)
        try client.send(rest)
        turns.turn()
        let answers = try client.replies()
        #expect(answers.map(\.error) == ["frame.too_large", nil])
        #expect(answers.map(\.id) == [.null, 8])
        #expect(
            answers.first?["error", "details"]
                == [
                    "length": .integer(Int64(length)), "limit": .integer(Int64(Frame.defaultLimit)),
                ])
    }

    @Test func `that stops in the middle of a frame is closed after ten seconds`() throws {
        let turns = try Turns()
        let client = try turns.connect()
        try client.send([0, 0, 0])
        turns.loop.advanceTime(by: .seconds(9))
        #expect(client.isOpen)
        turns.loop.advanceTime(by: .seconds(1))
        #expect(!client.isOpen)
    }

    @Test func `that feeds a frame drop by drop has ten seconds for all of it`() throws {
        let turns = try Turns()
        let client = try turns.connect()
        try client.send([0, 0, 0, 100])
        for _ in 0..<9 {
            turns.loop.advanceTime(by: .seconds(1))
            try client.send([0x20])
        }
        #expect(client.isOpen)
        turns.loop.advanceTime(by: .seconds(1))
        #expect(!client.isOpen)
    }

    @Test func `that rests between frames is left alone`() throws {
        let turns = try Turns()
        let client = try turns.connect()
        try client.send(request("ping"))
        turns.loop.advanceTime(by: .hours(1))
        try client.send(request("ping"))
        turns.turn()
        #expect(client.isOpen)
        #expect(try client.replies().count == 2)
    }

    @Test func `that always is in the middle of some frame is left alone while each ends in time`()
        throws
    {
        let turns = try Turns()
        let client = try turns.connect()
        var bytes: [UInt8] = []
        Frame.encode(Array(request("ping").utf8), into: &bytes)
        let half = bytes.count / 2
        try client.send(Array(bytes[..<half]))
        for _ in 0..<5 {
            turns.loop.advanceTime(by: .seconds(4))
            try client.send(Array(bytes[half...] + bytes[..<half]))
        }
        #expect(client.isOpen)
        turns.turn()
        #expect(try client.replies().count == 5)
        turns.loop.advanceTime(by: .seconds(10))
        #expect(!client.isOpen)
    }

    @Test func `that is gone takes nothing with it`() throws {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        let client = try turns.connect()
        try client.send(adding(1))
        client.channel.close(promise: nil)
        turns.turn()
        #expect(try turns.engine.state[1].members.count == 1)
        #expect(try turns.ask(request("ping")).error == nil)
    }
}
