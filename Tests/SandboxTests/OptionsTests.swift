import ArgumentParser
import Testing

@testable import ttd_sandbox

@Suite struct OptionsTests {
    @Test(arguments: [
        ("127.0.0.1:0", "127.0.0.1", 0), ("127.9.8.7:65535", "127.9.8.7", 65_535),
        ("[::1]:80", "::1", 80), ("localhost:80", "localhost", 80),
    ])
    func `a loopback address is taken`(text: String, host: String, port: Int) throws {
        let address = try #require(ListenAddress(argument: text))
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.authority(port: nil) == text)
    }

    @Test(arguments: [
        "0.0.0.0:80", "[::]:80", "10.0.0.1:80", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0:80", "127.0.0.256:80", "127.evil.example.com:80", "127.0.0.1.example.com:80",
        ":80",
    ])
    func `an address that others could reach is not`(text: String) {
        #expect(ListenAddress(argument: text) == nil)
    }

    @Test(arguments: [
        [], ["--token", ""], ["--token", "a", "--page-size", "0"],
        ["--token", "a", "--url-seconds", "604801"], ["--token", "a", "--keep-rows", "-1"],
        ["--token", "a", "--fault", "x"], ["--token", "a", "--seed-segment", "x"],
    ])
    func `options that cannot be meant are refused`(arguments: [String]) {
        #expect(throws: (any Error).self) { try Options.parse(arguments) }
    }

    @Test(arguments: ["a:b", "a::US", "A:b:US", "a:b:MARS", "a:b:US:XYZ", "a:b:US:", "a:b:c:US:x"])
    func `a seed with a mistake is refused`(text: String) {
        #expect(throws: Mistake.self) { try SegmentSeed(parsing: text) }
    }

    @Test func `two seeds cannot have one id`() async throws {
        let options = try Options.parse([
            "--token", "a", "--seed-segment", "a:b:US:x", "--seed-segment", "a:c:US:x",
        ])
        await #expect(throws: Mistake.self) { try await options.application { _ in } }
    }
}
