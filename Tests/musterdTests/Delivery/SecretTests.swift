import Testing

@testable import musterd

@Suite struct SecretTests {
    @Test(arguments: [0, 1, 4096])
    func `wiped bytes are zero, as many as they were`(count: Int) {
        var bytes = [UInt8](repeating: 7, count: count)
        bytes.wipe()
        #expect(bytes == [UInt8](repeating: 0, count: count))
    }

    @Test func `a secret is whole for as long as somebody holds it`() {
        var secret: Secret? = Secret("top-secret".utf8)
        let other = secret
        #expect(other?.withBytes { $0 } == Array("top-secret".utf8))
        secret = nil
        #expect(other?.withBytes { String(decoding: $0, as: UTF8.self) } == "top-secret")
    }
}
