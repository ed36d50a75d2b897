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

    @Test(arguments: publishedVectors)
    func `both texts of a published hash read back`(vector: Vector) throws {
        #expect(try HashedEmail(vector.hex.utf8).digest.base64 == vector.base64)
        #expect(try HashedEmail(vector.base64.utf8).digest.hex == vector.hex)
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

    @Test func `the order of digests is the order of their bytes`() {
        let digests = (0..<200).map(digest)
        #expect(
            digests.sorted().map(\.bytes)
                == digests.map(\.bytes).sorted { $0.lexicographicallyPrecedes($1) })
    }
}
