import Testing

@testable import MusterCore

@Suite struct `The answer to a member command` {
    private func text(_ reply: MemberReply) -> String {
        var bytes: [UInt8] = []
        CommandReply.members(reply).write(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func outcome(_ rejected: RejectedMembers = RejectedMembers()) -> MemberOutcome {
        MemberOutcome(
            event: nil, changed: 2, unchanged: .max, rejected: rejected, members: 10, version: 0)
    }

    @Test func `says what came`() {
        let reply = MemberReply(id: .integer(-7), adding: true, outcome(), position: 9)
        #expect(
            text(reply)
                == #"{"id":-7,"result":{"added":2,"unchanged":4294967295,"rejected":[],"#
                + #""rejectedCount":0,"members":10},"position":9,"version":0}"#)
    }

    @Test func `says what went and what was rejected, to an id that needs escapes`() {
        var rejected = RejectedMembers()
        rejected.note(3, .manyAts)
        let reply = MemberReply(id: .string("a\"ü"), adding: false, outcome(rejected), position: 1)
        #expect(
            text(reply)
                == #"{"id":"a\"ü","result":{"removed":2,"unchanged":4294967295,"#
                + #""rejected":[{"index":3,"reason":"manyAts"}],"rejectedCount":1,"members":10},"#
                + #""position":1,"version":0}"#)
    }

    @Test func `is that of the first time to a retry`() {
        let receipt = Receipt(
            check: 0, position: 5, version: 6, changed: 1, unchanged: 0, members: 7,
            isCreation: false)
        let reply = MemberReply(
            id: .integer(1), adding: true, of: receipt, rejected: RejectedMembers())
        #expect(
            text(reply)
                == #"{"id":1,"result":{"added":1,"unchanged":0,"rejected":[],"rejectedCount":0,"#
                + #""members":7},"position":5,"version":6,"replayed":true}"#)
    }

    @Test(arguments: [0, 9, 10, 99, 100, 9_007_199_254_740_991, UInt64.max])
    func `has numbers in decimal digits`(number: UInt64) {
        var bytes = Array("x".utf8)
        bytes.append(decimal: number)
        #expect(String(decoding: bytes, as: UTF8.self) == "x\(number)")
    }
}
