import MusterCore
import NIOCore
import NIOEmbedded
import Testing

@testable import musterd

@Suite struct `The 1,001st instance` {
    private func configuring(_ number: Int) -> String {
        request(
            "instance.configure",
            #"{"instance": "i\#(number)", "advertiserId": "adv", "audienceName": "name \#(number)", "#
                + #""region": "EU", "piiType": "hashedEmail"}"#, id: number)
    }

    @Test func `is refused by the limit that hello tells, and the others still change`() throws {
        let turns = try Turns()
        let client = try turns.connect()
        for number in 1...State.instanceLimit { try client.send(configuring(number)) }
        turns.turn()
        // Their answers are more than one turn gives one client.
        turns.loop.advanceTime(by: .milliseconds(1))
        #expect(try client.replies().count { $0.error == nil } == State.instanceLimit)
        try client.send(configuring(State.instanceLimit + 1))
        try client.send(
            request("instance.configure", #"{"instance": "i1", "enabled": false}"#))
        try client.send(request("hello"))
        turns.turn()
        let answers = try client.replies()
        #expect(answers.map(\.error) == ["instance.limit", nil, nil])
        #expect(answers[0]["error", "details", "limit"] == 1000)
        #expect(answers[2]["result", "limits", "maxInstances"] == 1000)
        #expect(try turns.engine.state.instances.count == State.instanceLimit)
    }
}
