import Testing

@testable import muster

@Suite
struct EngageDecoderTests {
    private static func rows(_ lines: [String], audience: String? = nil) throws(InputError)
        -> [InputRow]
    {
        var decoder = EngageDecoder(audience: audience)
        let text = lines.joined(separator: "\n")
        return try decoder.rows(of: Array(text.utf8), isLast: true)
    }

    private static func content(_ line: String) throws -> InputRow.Content? {
        try rows([line]).first?.content
    }

    /// An event as Segment's Engage sends it, with these parts.
    private static func event(
        _ name: String = "Audience Entered", key: String = "buyers", value: String = "true",
        email: String = "\"jane@x.example\""
    ) -> String {
        """
        {"type": "track", "event": "\(name)", "userId": "u1", "timestamp": "2026-11-23T03:00:00Z", \
        "properties": {"audience_key": "\(key)", "\(key)": \(value), "score": 0.25}, \
        "context": {"traits": {"email": \(email), "age": 31.5}, "personas": {"computation_class": \
        "audience", "computation_key": "\(key)", "computation_id": "aud_1", "namespace": "spa_1"}}}
        """
    }

    @Test func `entering adds and exiting removes`() throws {
        #expect(
            try Self.rows([
                Self.event(), "", Self.event("Audience Exited", value: "false"), Self.event(),
            ]) == [
                InputRow(line: 1, content: .change(.add, member: "jane@x.example")),
                InputRow(line: 3, content: .change(.remove, member: "jane@x.example")),
                InputRow(line: 4, content: .change(.add, member: "jane@x.example")),
            ])
    }

    @Test(arguments: [
        (event("Audience Entered", value: "false"), RowFault.eventDisagrees),
        (event("Audience Exited", value: "true"), .eventDisagrees),
        (event("Product Viewed"), .notAudienceEvent),
        (event(value: "\"true\""), .membershipMissing),
        (event(value: "1"), .membershipMissing),
        (event(value: "null"), .membershipMissing),
        (event(email: "null"), .emailMissing),
        (event(email: "\"\""), .emailMissing),
        (event(email: "7"), .notJSON),
        ("{\"type\": \"track\"", .notJSON),
        ("[]", .notJSON),
        ("{\"type\": \"track\", \"event\": \"Audience Entered\"}", .keyMissing),
        (
            "{\"type\": \"identify\", \"context\": {\"personas\": {\"computation_key\": \"k\"}}}",
            .notTrack
        ),
        (
            "{\"event\": \"Audience Entered\", \"context\": {\"personas\": "
                + "{\"computation_key\": \"k\"}}}",
            .membershipMissing
        ),
    ])
    func `an event that does not say who and whether is rejected`(event: String, fault: RowFault)
        throws
    {
        #expect(try Self.content(event) == .rejected(fault))
    }

    @Test func `a second audience in the stream is refused where none was named`() {
        let error = InputError(
            line: 2,
            message: "an event of a second audience; name the one that is meant with --audience")
        #expect(throws: error) { try Self.rows([Self.event(), Self.event(key: "others")]) }
    }

    @Test func `with an audience named, events of another are rejected`() throws {
        #expect(
            try Self.rows([Self.event(key: "others"), Self.event()], audience: "buyers") == [
                InputRow(line: 1, content: .rejected(.otherAudience)),
                InputRow(line: 2, content: .change(.add, member: "jane@x.example")),
            ])
    }
}
