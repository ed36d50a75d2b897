import MusterCore
import Testing

@testable import musterd

@Suite struct `A list of those who came by some commands` {
    private func change(_ method: String, _ people: [Int], _ command: String?) -> String {
        let members = people.map { "\"\(person($0).hex)\"" }.joined(separator: ",")
        return request(
            method, #"{"instance": "acme-us", "members": [\#(members)]}"#, id: 1,
            command.map { #", "commandId": "\#($0)""# } ?? "")
    }

    private func turns() throws -> Turns {
        let turns = try Turns()
        _ = try turns.ask(configuring)
        for ask in [
            change("member.add", [1, 2], "abc-1"), change("member.add", [2, 3], "abc-2"),
            change("member.add", [4], "abcd-1"), change("member.add", [5], nil),
            change("member.add", [6], "abc"), change("member.add", [7, 8, 9], "abc-3"),
            // 7 leaves; 8 leaves and comes again by another command; 9 is named by another only.
            change("member.remove", [7, 8], nil), change("member.add", [8, 9], "later"),
        ] { _ = try turns.ask(ask) }
        return turns
    }

    private func list(_ params: String, stream: Bool = false) -> String {
        request(
            "member.list", #"{"instance": "acme-us"\#(params)}"#, id: 3,
            stream ? #", "more": true"# : "")
    }

    private func members(_ answers: [Answer]) -> [String] {
        answers.flatMap { $0["result", "members"]?.array?.compactMap(\.string) ?? [] }
    }

    private let stayed = [1, 2, 3, 6, 9].map { person($0) }.sorted().map(\.hex)

    @Test(arguments: [1, 2, 5, 6])
    func `has who came by them and stayed, in order`(limit: Int) throws {
        let turns = try turns()
        let answers = try turns.stream(
            list(#", "addedBy": "abc", "limit": \#(limit)"#, stream: true))
        #expect(members(answers) == stayed)
        #expect(answers.allSatisfy { $0["result", "count"] == 5 })
        #expect(answers.count == (5 + limit - 1) / limit)
    }

    @Test func `goes on behind a digest`() throws {
        let turns = try turns()
        let client = try turns.connect()
        try client.send(list(#", "addedBy": "abc", "from": "\#(stayed[1])""#))
        #expect(members(try turns.replies(to: client)) == Array(stayed[2...]))
    }

    @Test func `is empty for commands nobody sent, and once the audience was retired`() throws {
        let turns = try turns()
        #expect(members(try turns.stream(list(#", "addedBy": "ab""#, stream: true))).isEmpty)
        _ = try turns.ask(
            request("instance.retire", #"{"instance": "acme-us", "expectCount": 8}"#, id: 9))
        #expect(members(try turns.stream(list(#", "addedBy": "abc""#, stream: true))).isEmpty)
    }

    @Test func `is refused for what is no id`() throws {
        let answer = try Turns().ask(list(#", "addedBy": "a b""#))
        #expect(answer.error == "params.invalid")
        #expect(answer.pointer == "/params/addedBy")
    }
}
