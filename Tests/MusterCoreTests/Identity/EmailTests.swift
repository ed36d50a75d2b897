import MusterCore
import Testing

@Suite struct EmailTests {
    @Test(arguments: publishedVectors)
    func `a published address has its published form and hash`(vector: Vector) throws {
        let email = try Email(Array(vector.input.utf8))
        #expect(email.bytes == Array(vector.normalised.utf8))
        #expect(email.digest.hex == vector.hex)
        #expect(email.digest.base64 == vector.base64)
    }

    @Test func `hashing without normalising gives the published wrong hash`() {
        let digest = Digest.sha256("JANESaoirse@gmail.com".utf8)
        #expect(digest.base64 == "VpLXEp5N1bj/V1WzjgZsC+FfuYdntAOywSVIO00FD/E=")
    }

    @Test(
        arguments: [
            ("", MemberRejection.empty), (" ", .empty), (" @", .emptyDomain), ("@", .emptyDomain),
            ("a@", .emptyDomain), ("@b", .emptyLocalPart), ("@b.com", .emptyLocalPart),
            ("+", .notAHash), ("+@gmail.com", .emptyLocalPart), (".+@gmail.com", .emptyLocalPart),
            ("a@ba@z.com", .manyAts), ("a@ba@gmail.com", .manyAts),
            ("test test@test.com", .whiteSpace), ("test@te st.com", .whiteSpace),
            ("test test@gmail.com", .whiteSpace), ("\ta@b.com", .whiteSpace),
            ("a@b.com\n", .whiteSpace), ("a@b.com\u{a0}", .whiteSpace),
            ("a\u{2003}b@c.com", .whiteSpace), ("a\u{85}@b.com", .whiteSpace),
            ("a\u{0}@b.com", .controlCharacter), ("a\u{7f}@b.com", .controlCharacter),
            ("a\u{9f}@b.com", .controlCharacter), ("nobody", .notAHash),
        ])
    func `what is no address is refused with its reason`(text: String, reason: MemberRejection) {
        #expect(throws: reason) { try Member(Array(text.utf8)) }
    }

    @Test(
        arguments: [
            ("user@localhost", "user@localhost"), ("ÄB@Test.com", "Äb@test.com"),
            ("user@googlemail.com", "user@googlemail.com"),
            ("x+y@gmail.com.au", "x+y@gmail.com.au"), ("a.b@gmail.com.", "a.b@gmail.com."),
            ("A.b+c@GMAIL.com", "ab@gmail.com"), ("x@notgmail.com", "x@notgmail.com"),
        ])
    func `only gmail.com itself is folded and only ASCII is lowered`(text: String, form: String)
        throws
    {
        #expect(try Email(Array(text.utf8)).bytes == Array(form.utf8))
    }

    @Test func `bytes that are not UTF-8 and addresses over the limit are refused`() throws {
        #expect(throws: MemberRejection.notText) { try Email([0xff, 0x40, 0x62]) }
        let domain = Array("@example.com".utf8)
        let fits = [UInt8](repeating: 0x61, count: Email.limit - domain.count) + domain
        #expect(try Email(fits).bytes == fits)
        #expect(throws: MemberRejection.tooLong) { try Email([0x61] + fits) }
    }

    @Test func `an address never shows itself`() throws {
        let email = try Email("jane.doe@example.com".utf8)
        var shown = "\(email) \(String(reflecting: Member.email(email)))"
        dump([email], to: &shown)
        dump(email.digest, to: &shown)
        #expect(!shown.contains("jane"))
        #expect(!shown.contains(email.digest.hex.prefix(8)))
    }
}
