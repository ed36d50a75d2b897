import Testing

@testable import MusterCore

private let allowed = Set(
    Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-".utf8))

@Suite struct `A command id` {
    /// Each byte at the first, a middle and the last place of ids of every length.
    @Test(arguments: 0...255) func `holds the bytes that it may and no other`(number: Int) {
        let byte = UInt8(number)
        for count in 1...CommandID.limit {
            for place in Set([0, count / 2, count - 1]) {
                var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: count)
                bytes[place] = byte
                let id = CommandID(bytes.span)
                #expect((id != nil) == allowed.contains(byte))
            }
        }
    }

    @Test(arguments: [0, 65, 1000]) func `is neither empty nor longer than the limit`(count: Int) {
        #expect(CommandID(String(repeating: "x", count: count)) == nil)
    }

    @Test(arguments: 1...64) func `gives back the text it was made of`(count: Int) throws {
        let letters = Array("aZ09._:-")
        let text = String((0..<count).map { letters[$0 * 5 % letters.count] })
        let id = try #require(CommandID(text))
        #expect(id.text == text && id.count == count)
        var bytes: [UInt8] = []
        id.append(to: &bytes)
        #expect(bytes == Array(text.utf8))
    }

    @Test func `differs from one with another byte or another length`() throws {
        let id = try #require(CommandID("job-0000-0000"))
        #expect(id == CommandID("job-0000-0000"))
        for other in ["job-0000-0001", "Job-0000-0000", "job-0000-000", "job-0000-00000"] {
            #expect(id != CommandID(other))
        }
    }

    @Test func `hashes to what an equal one hashes to`() throws {
        let id = try #require(CommandID("job-7"))
        let same = try #require(CommandID(String(["j", "o", "b", "-", "7"])))
        #expect(id.hash == same.hash && id.hashValue == same.hashValue)
        #expect(Set((0..<1000).compactMap { CommandID("job-\($0)")?.hash }).count == 1000)
    }
}
