import MusterCore
import Testing

@Suite
struct FrameTests {
    @Test(arguments: [
        (1, [0, 0, 0, 1]), (258, [0, 0, 1, 2]), (65536 * 3 + 4, [0, 3, 0, 4]),
        (Frame.hardLimit, [0, 0xFF, 0xFF, 0xFF]),
    ])
    func `the length stands in front, biggest byte first`(count: Int, header: [UInt8]) {
        let body = [UInt8](repeating: 5, count: count)
        var output: [UInt8] = [9]
        Frame.encode(body, into: &output)
        #expect(Array(output.prefix(5)) == [9] + header)
        #expect(output.dropFirst(5).elementsEqual(body))
    }
}
