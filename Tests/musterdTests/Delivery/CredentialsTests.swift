import MusterCore
import SystemPackage
import Testing

@testable import musterd

@Suite struct `A credential's file` {
    @Test func `is a token, at TTD's production API where it says no more`() throws {
        let credential = try Credential(Array("abc/+=~!\n".utf8))
        #expect(credential.token.headerValue == "abc/+=~!")
        #expect(credential.endpoint == .production)
        #expect(credential.expires == nil)
    }

    @Test(arguments: [
        "tok\nendpoint https://desk.test/v3\nexpires 2027-03-01\n",
        "tok\nexpires 2027-03-01\nendpoint https://desk.test/v3/",
        "  tok \t\r\n\r\n# a remark\r\n  endpoint   https://desk.test/v3 \r\nexpires 2027-03-01\r\n",
    ])
    func `may say where the token goes and when it ends`(text: String) throws {
        let credential = try Credential(Array(text.utf8))
        #expect(credential.token.headerValue == "tok")
        #expect(credential.endpoint == Endpoint("https://desk.test/v3"))
        #expect(credential.expires?.text == "2027-03-01")
    }

    @Test(arguments: [
        ("", 1), ("\ntok", 1), ("two words\n", 1), ("t\u{7f}k\n", 1), ("tök\n", 1),
        (String(repeating: "x", count: 4097), 1), ("tok\nendpoint\n", 2),
        ("tok\nendpoint http://desk.test/v3\n", 2), ("tok\nendpoint http://localhost/v3\n", 2),
        ("tok\n\nendpoint https://u@desk.test/\n", 3), ("tok\nexpires tomorrow\n", 2),
        ("tok\nexpires 2027-02-30\n", 2), ("tok\nEndpoint https://desk.test/v3\n", 2),
        ("tok\nsecond-token\n", 2),
    ])
    func `that says something else is refused by its line, and not quoted`(text: String, line: Int)
        throws
    {
        let error = #expect(throws: CredentialError.self) {
            try Credential(Array(text.utf8))
        }
        guard case .malformed(line, _) = error else {
            Issue.record("refused otherwise: \(error?.message ?? "")")
            return
        }
        #expect(error?.message.contains("tok") == (error?.message.contains("token") ?? false))
        #expect(error?.message.contains("desk.test") == false)
    }

    @Test(arguments: ["http://127.0.0.1:8080/v3", "http://[::1]:8080/v3", "http://127.9.9.9/v3"])
    func `may name plain http on this host`(endpoint: String) throws {
        let credential = try Credential(Array("tok\nendpoint \(endpoint)\n".utf8))
        #expect(credential.endpoint.isLoopback)
        #expect(credential.endpoint.text == endpoint)
    }

    @Test func `is read each time, and told apart when it cannot be`() throws {
        let scratch = try Scratch()
        let credentials = Credentials(directory: scratch.credentials)
        #expect(
            try refusal { () throws(CredentialError) in try credentials.read("ttd-token") }
                == .missing)
        try scratch.credential("one")
        #expect(try credentials.read("ttd-token").token.headerValue == "one")
        try scratch.credential("two")
        #expect(try credentials.read("ttd-token").token.headerValue == "two")
        try scratch.credential(String(repeating: "\n", count: 20_000))
        #expect(
            try refusal { () throws(CredentialError) in try credentials.read("ttd-token") }
                == .unreadable)
        #expect(
            try refusal { () throws(CredentialError) in
                try Credentials(directory: nil).read("ttd-token")
            } == .noDirectory)
    }

    private enum Kind { case missing, unreadable, noDirectory, malformed }

    private func refusal(_ body: () throws(CredentialError) -> Credential) throws -> Kind? {
        do {
            _ = try body()
            return nil
        } catch {
            switch error {
            case .missing: return .missing
            case .unreadable: return .unreadable
            case .noDirectory: return .noDirectory
            case .malformed: return .malformed
            }
        }
    }
}

@Suite struct `A token` {
    private let token = Token("top-secret".utf8)

    @Test func `is printed as a placeholder, whichever way`() throws {
        let credential = try Credential(Array("top-secret\n".utf8))
        var dumped = ""
        dump(token, to: &dumped)
        dump(credential, to: &dumped)
        let texts = [
            "\(token)", String(reflecting: token), "\(credential)", String(reflecting: credential),
            "\(Optional(token) as Any)", "\([token])", dumped,
        ]
        #expect(texts.allSatisfy { !$0.contains("secret") })
        #expect("\(token)" == "<redacted>")
    }

    @Test(arguments: [
        ("", ""), ("top-secret", "<redacted>"), ("top-secre", "top-secre"),
        ("a top-secret, top-top-secrettop-secret.", "a <redacted>, top-<redacted><redacted>."),
    ])
    func `is struck out of what repeats it`(text: String, kept: String) {
        #expect(String(decoding: token.struckOut(of: Array(text.utf8)), as: UTF8.self) == kept)
    }

    @Test func `has the first four bytes of its SHA-256 as fingerprint`() {
        // printf abc | sha256sum (FIPS 180-2, appendix B.1)
        #expect(Token("abc".utf8).fingerprint == 0xba78_16bf)
        #expect(Token("abd".utf8).fingerprint != Token("abc".utf8).fingerprint)
    }
}
