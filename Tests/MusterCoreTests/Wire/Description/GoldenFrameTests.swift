import Foundation
import MusterCore
import Testing

extension Example {
    /// The bytes that both sides send, in order: the request's and the reply's frame.
    fileprivate var frames: [[UInt8]] {
        [request, reply.map { .object($0) }].compactMap(\.self).map { body in
            var frame: [UInt8] = []
            Frame.encode(body.encoded(), into: &frame)
            return frame
        }
    }
}

@Suite struct `A golden frame` {
    @Test(arguments: Example.all)
    func `is the same wherever the bytes are cut`(example: Example) throws {
        for frame in example.frames {
            let body = Array(frame.dropFirst(Frame.headerLength))
            for cut in 0...frame.count {
                var decoder = FrameDecoder()
                decoder.feed(frame[..<cut])
                let early = try decoder.next()
                #expect((early != nil) == (cut == frame.count))
                #expect(decoder.isMidFrame == (cut > 0 && cut < frame.count))
                decoder.feed(frame[cut...])
                #expect(try early ?? decoder.next() == .body(body))
                #expect(try decoder.next() == nil)
            }
        }
    }

    @Test(arguments: Example.all)
    func `is read as what was written`(example: Example) throws {
        for frame in example.frames {
            let body = Array(frame.dropFirst(Frame.headerLength))
            #expect(try JSON.parse(body).encoded() == body)
            for length in body.indices {
                #expect(throws: JSONError.self) { try JSON.parse(Array(body.prefix(length))) }
            }
        }
    }

    @Test(arguments: Example.all.filter { $0.json["sent"] != nil })
    func `that is none is refused wherever the bytes are cut`(example: Example) throws {
        let hex = Array(try #require(example.json["sent"]?.string))
        let bytes = stride(from: 0, to: hex.count, by: 2).compactMap {
            UInt8(String(hex[$0..<$0 + 2]), radix: 16)
        }
        for cut in 0...bytes.count {
            var decoder = FrameDecoder()
            decoder.feed(bytes[..<cut])
            decoder.feed(bytes[cut...])
            #expect(throws: FrameError.self) { try decoder.next() }
        }
    }
}
