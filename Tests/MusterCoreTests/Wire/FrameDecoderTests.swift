import MusterCore
import Testing

@Suite
struct FrameDecoderTests {
    /// Two small frames with one over the limit of 8 between them.
    private static let conversation: [UInt8] =
        [0, 0, 0, 2, 0x7B, 0x7D] + [0, 0, 0, 9] + Array(repeating: 1, count: 9)
        + [0, 0, 0, 1, 0x31]
    private static let expected: [Frame.Incoming] = [
        .body([0x7B, 0x7D]), .tooLarge(length: 9), .body([0x31]),
    ]

    private func drain(_ decoder: inout FrameDecoder) throws(FrameError) -> [Frame.Incoming] {
        var incoming: [Frame.Incoming] = []
        while let next = try decoder.next() { incoming.append(next) }
        return incoming
    }

    @Test(arguments: 0...conversation.count)
    func `a conversation cut in two anywhere gives the same frames`(cut: Int) throws {
        var decoder = FrameDecoder(limit: 8)
        decoder.feed(Self.conversation[..<cut])
        var incoming = try drain(&decoder)
        decoder.feed(Self.conversation[cut...])
        incoming += try drain(&decoder)
        #expect(incoming == Self.expected)
        #expect(!decoder.isMidFrame)
    }

    @Test(arguments: 1...9)
    func `pieces of any size give the same frames`(size: Int) throws {
        var decoder = FrameDecoder(limit: 8)
        var incoming: [Frame.Incoming] = []
        for start in stride(from: 0, to: Self.conversation.count, by: size) {
            decoder.feed(Self.conversation.dropFirst(start).prefix(size))
            incoming += try drain(&decoder)
        }
        #expect(incoming == Self.expected)
    }

    @Test
    func `frames that wait are given later, in order`() throws {
        var decoder = FrameDecoder(limit: 8)
        for byte in Self.conversation { decoder.feed(CollectionOfOne(byte)) }
        #expect(try drain(&decoder) == Self.expected)
    }

    @Test(arguments: [
        (Array("GET / HTTP/1.1".utf8), Array("GET ".utf8)), (Array("{}".utf8), Array("{}".utf8)),
        ([1], [1]), ([0, 0, 0, 0], [0, 0, 0, 0]), ([0, 0, 0, 0, 9], [0, 0, 0, 0]),
        ([0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF]),
    ])
    func `what is no frame is refused with its first bytes`(input: [UInt8], first: [UInt8]) {
        var decoder = FrameDecoder()
        decoder.feed(input)
        #expect(throws: FrameError.invalid(first: first)) { try decoder.next() }
    }

    @Test
    func `an error comes after the frames before it and is final`() throws {
        var decoder = FrameDecoder()
        decoder.feed([0, 0, 0, 1, 0x31] + Array("oops".utf8))
        #expect(try decoder.next() == .body([0x31]))
        let error = FrameError.invalid(first: Array("oops".utf8))
        #expect(throws: error) { try decoder.next() }
        decoder.feed([0, 0, 0, 1, 0x32])
        #expect(throws: error) { try decoder.next() }
        #expect(!decoder.isMidFrame)
    }

    @Test(arguments: [(8, true), (9, false)])
    func `a body at the limit is taken and one byte more is not`(length: Int, taken: Bool) throws {
        var decoder = FrameDecoder(limit: 8)
        let body = [UInt8](repeating: 7, count: length)
        var bytes: [UInt8] = []
        Frame.encode(body, into: &bytes)
        decoder.feed(bytes)
        #expect(try decoder.next() == (taken ? .body(body) : .tooLarge(length: length)))
    }

    @Test
    func `a frame too large is reported only when all of it has passed`() throws {
        var decoder = FrameDecoder(limit: 8)
        decoder.feed([0, 0xFF, 0xFF, 0xFF])
        for _ in 0..<255 {
            decoder.feed(repeatElement(0, count: 65536))
            #expect(try decoder.next() == nil)
            #expect(decoder.isMidFrame)
        }
        decoder.feed(repeatElement(0, count: 65535))
        #expect(!decoder.isMidFrame)
        #expect(try decoder.next() == .tooLarge(length: Frame.hardLimit))
        #expect(try decoder.next() == nil)
    }

    @Test(arguments: [
        ([], false), ([0], true), ([0, 0, 0, 1], true), ([0, 0, 0, 2, 1], true),
        ([0, 0, 0, 1, 1], false), ([0, 0, 0, 1, 1, 0], false),
    ])
    func `half a frame is known as such before it is taken`(input: [UInt8], half: Bool) {
        var decoder = FrameDecoder()
        decoder.feed(input)
        #expect(decoder.isMidFrame == half)
    }

    @Test
    func `half a frame behind a taken one is known as such`() throws {
        var decoder = FrameDecoder()
        decoder.feed([0, 0, 0, 1, 1, 0] as [UInt8])
        _ = try decoder.next()
        #expect(decoder.isMidFrame)
    }

    @Test
    func `many pipelined frames survive being fed across their borders`() throws {
        var stream: [UInt8] = []
        let bodies = (1...2000).map { [UInt8](repeating: UInt8($0 % 251), count: $0 % 97 + 1) }
        for body in bodies { Frame.encode(body, into: &stream) }
        var decoder = FrameDecoder()
        var incoming: [Frame.Incoming] = []
        for start in stride(from: 0, to: stream.count, by: 1013) {
            decoder.feed(stream.dropFirst(start).prefix(1013))
            incoming += try drain(&decoder)
        }
        #expect(incoming == bodies.map { .body($0) })
    }
}
