import MusterCore
import Testing

@Suite struct HashedEmailTests {
    @Test func `an address, its base64 and its hex in either case are one identity`() throws {
        let hex = "0c7e6a405862e402eb76a70f8a26fc732d07c32931e9fae9ab1582911d2e8a3b"
        let forms = [
            "foo@bar.com", "DH5qQFhi5ALrdqcPiib8cy0Hwykx6frpqxWCkR0uijs=", hex, hex.uppercased(),
            "  \(hex)  ",
        ]
        let digests = try forms.map { try Member(Array($0.utf8)).digest }
        #expect(Set(digests).count == 1)
    }

    @Test func `a hash published without its address reads from both texts`() throws {
        let hex = "ca123440bedda5d68716ae831322a5a8a3e7daf8fb297f750507aa86789846f2"
        let base64 = "yhI0QL7dpdaHFq6DEyKlqKPn2vj7KX91BQeqhniYRvI="
        #expect(try HashedEmail(hex.utf8) == HashedEmail(" \(base64) ".utf8))
        #expect(try HashedEmail(base64.utf8).digest.hex == hex)
    }

    @Test(arguments: [
        "optout@example.com", "Refresh-OptOut@example.com", "validate@example.com",
        "optout@unifiedid.com",
    ])
    func `a reserved identity is known as an address and as its hash`(address: String) throws {
        let member = try Member(address.utf8)
        #expect(member.isReserved)
        #expect(try Member(member.digest.base64.utf8).isReserved)
        #expect(try !Member("x\(address)".utf8).isReserved)
    }

    @Test(arguments: publishedVectors)
    func `both texts of a published hash read back`(vector: Vector) throws {
        #expect(try HashedEmail(vector.hex.utf8).digest.base64 == vector.base64)
        #expect(try HashedEmail(vector.base64.utf8).digest.hex == vector.hex)
    }

    @Test func `the lines of published hashes are their texts, each with a line feed`() throws {
        let digests = try publishedVectors.map { try HashedEmail($0.hex.utf8).digest }
        let lines = publishedVectors.map { $0.base64 + "\n" }.joined()
        #expect(Digest.base64Lines(of: digests) == Array(lines.utf8))
        #expect(Digest.base64Lines(of: []).isEmpty)
    }

    @Test(
        arguments: [
            "asdaksjdakfj", "DH5qQFhi5ALrdqcPiib8cy0Hwykx6frpqxWCkR0uijs",
            "DH5qQFhi5ALrdqcPiib8cy0Hwykx6frpqxWCkR",
            "0c7e6a405862e402eb76a70f8a26fc732d07c32931e9fae9ab1582911d2e8aZb",
            "0c7e6a405862e402eb76a70f8a26fc732d07c32931e9fae9ab1582911d2e8a3b00",
            "000c7e6a405862e402eb76a70f8a26fc732d07c32931e9fae9ab1582911d2e8a3b",
            "DH5qQFhi5ALrdqcPiib8cy0Hwykx6frpqxWCkR0uijt=",
            "DH5qQFhi5ALrdqcPiib8cy0Hwykx6frpqxWCkR0uij==",
            "DH5qQFhi5ALrdqcPiib8cy0Hwykx6frpqxWCkR0uij-=",
            "d41d8cd98f00b204e9800998ecf8427e",
            "0000000000000000000000000000000000000000000000000000000000000000", "a=",
        ])
    func `what is no SHA-256 is refused`(text: String) {
        #expect(throws: MemberRejection.notAHash) { try HashedEmail(text.utf8) }
    }

    @Test(arguments: [
        "+4917012345678", "+1 (650) 253-0000", "6502530000", " 030.1234567 ", "1234567",
        "123456789012345",
    ])
    func `a phone number is refused as one`(text: String) {
        #expect(throws: MemberRejection.phone) { try Member(text.utf8) }
    }

    @Test(arguments: [
        "123456", "1234567890123456", "4917+12345678", "++491701234567", "650-CALLNOW",
    ])
    func `what is no phone number is no hash`(text: String) {
        #expect(throws: MemberRejection.notAHash) { try Member(text.utf8) }
    }

    @Test(arguments: 0..<4) func `every word of a digest counts in its hash value`(word: Int) {
        let values = (0..<64).map { (number: UInt64) in
            var words: [UInt64] = [1, 1, 1, 1]
            words[word] = number
            return Digest((words[0], words[1], words[2], words[3])).hashValue
        }
        #expect(Set(values).count == 64)
    }

    @Test func `the order of digests is the order of their bytes`() {
        let digests = (0..<200).map(digest)
        #expect(
            digests.sorted().map(\.bytes)
                == digests.map(\.bytes).sorted { $0.lexicographicallyPrecedes($1) })
    }
}
