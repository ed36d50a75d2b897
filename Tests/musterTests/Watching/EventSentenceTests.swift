import MusterCore
import Testing

@testable import MusterClient
@testable import muster

@Suite struct EventSentenceTests {
    private static func event(_ type: String, _ members: KeyValuePairs<String, JSONValue>) throws
        -> LogEvent
    {
        let known: [(String, JSONValue)] = [
            ("position", 1204), ("at", "2026-11-26T03:00:12.345Z"), ("type", .string(type)),
        ]
        let all = known + members.map { ($0.key, $0.value) }
        return try LogEvent(
            Answer(.object(all.map { JSONValue.Member(name: $0.0, value: $0.1) })))
    }

    @Test func `a line says where, when, about what, what and by whom`() throws {
        let event = try Self.event(
            "membersAdded",
            [
                "instance": "spring", "members": 1200, "unchanged": 1,
                "actor": ["uid": 1000, "gid": 1000, "pid": 44],
            ])
        #expect(
            EventSentence(event).line
                == "    1204  2026-11-26 03:00:12  spring  "
                + "1,200 members came, 1 was in already [uid 1000, pid 44]")
    }

    @Test(
        arguments: [
            ("membersRemoved", ["members": 1, "unchanged": 0], "1 member went"),
            ("membersRemoved", ["members": 2, "unchanged": 3], "2 members went, 3 were not in"),
            (
                "instanceRetired", ["members": 7],
                "everybody left, 7 members, and syncs are disabled"
            ),
            (
                "instanceConfigured", ["created": true, "region": "US", "schedule": nil],
                "made: region US, schedule null"
            ),
            ("instanceConfigured", ["enabled": false], "changed: enabled false"),
            (
                "syncRequested", ["reason": "approval", "approves": 7, "date": "2026-11-26"],
                "run 1204 was requested: approval of run 7, for 2026-11-26"
            ),
            (
                "syncFrozen", ["run": 9, "count": 70, "bytes": 3150, "added": 0, "removed": 30],
                "run 9 fixed its list: 70 members, 3 KiB; 0 came and 30 went since the last success"
            ),
            (
                "uploaded", ["run": 9, "bytes": 512, "status": 201],
                "run 9 uploaded 512 bytes, HTTP status 201"
            ),
            ("syncSucceeded", ["run": 9], "run 9 succeeded"),
            (
                "syncFailed", ["run": 9, "class": "unavailable", "detail": "no answer"],
                "run 9 failed: unavailable, The Trade Desk could not be reached (no answer)"
            ),
            (
                "syncHeld", ["run": 9, "reason": "later", "detail": ""],
                "run 9 is held: later"
            ),
            (
                "syncSkipped", ["run": 9, "reason": "empty", "remoteStale": true],
                "run 9 was skipped: empty, the audience is empty, and an empty list is never sent; "
                    + "The Trade Desk still holds an older list"
            ),
            ("erased", ["slots": 2], "people were erased from 2 places"),
            (
                "suppressionChanged", ["people": 2, "lifted": false],
                "2 entries kept out of an audience from now on"
            ),
        ] as [(String, KeyValuePairs<String, JSONValue>, String)])
    func `what happened is a sentence`(
        type: String, members: KeyValuePairs<String, JSONValue>, sentence: String
    ) throws {
        #expect(EventSentence(try Self.event(type, members)).sentence == sentence)
    }

    @Test(arguments: EventType.allCases) func `no type is told as a later version's`(
        type: EventType
    ) throws {
        #expect(!EventSentence(try Self.event(type.name, [:])).sentence.contains("{"))
    }

    @Test func `a type of a later version is told as it is`() throws {
        let sentence = EventSentence(try Self.event("later", ["x": 1])).sentence
        #expect(sentence.hasPrefix("later {") && sentence.contains(#""x":1"#))
    }

    @Test func `words of others cannot steer the terminal`() throws {
        let event = try Self.event(
            "syncFailed", ["run": 9, "class": "rejected", "detail": "a\u{1B}[2J\nb"])
        #expect(!EventSentence(event).line.contains { $0 == "\u{1B}" || $0.isNewline })
    }
}
