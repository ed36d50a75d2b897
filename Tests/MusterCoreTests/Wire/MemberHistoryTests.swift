import MusterCore
import Testing

@Suite struct `The history of a member` {
    private func event(
        adding: Bool, by actor: Actor = .daemon, command: CommandStamp? = nil
    ) -> Event {
        let change = MembersChanged(
            instance: 1, identities: .digests([digest(1), digest(2)]), unchanged: 0)
        return Event(
            at: Timestamp(milliseconds: 1_795_435_200_000), actor: actor,
            command: command, fact: adding ? .membersAdded(change) : .membersRemoved(change))
    }

    @Test func `tells the newest event first, and nobody's digest`() throws {
        var history = MemberHistory()
        let stamp = CommandStamp(id: try #require(CommandID("k-1")), check: 4)
        history.add(
            event(adding: true, by: .peer(uid: 1, gid: 2, pid: 3), command: stamp), at: 7)
        history.add(event(adding: false), at: 9)
        #expect(
            history.answer(isMember: false) == [
                "member": false,
                "history": [
                    [
                        "position": 9, "at": "2026-11-23T12:00:00.000Z",
                        "event": "membersRemoved", "actor": "daemon", "members": 2,
                    ],
                    [
                        "position": 7, "at": "2026-11-23T12:00:00.000Z", "event": "membersAdded",
                        "actor": ["uid": 1, "gid": 2, "pid": 3], "members": 2, "commandId": "k-1",
                    ],
                ],
                "truncated": false,
            ])
    }

    @Test(arguments: [0, 1, 999, 1000, 1001, 1999, 2000, 2001, 3500] as [Position])
    func `keeps the newest thousand, and says where there were more`(count: Position) {
        var history = MemberHistory()
        for position in 0..<count { history.add(event(adding: position % 2 == 0), at: position) }
        let answer = history.answer(isMember: true).object
        let positions = answer?["history"]?.array?.compactMap { $0.object?["position"]?.integer }
        let newest = (0..<count).reversed().prefix(1000).map { Int64($0) }
        #expect(positions == newest)
        #expect(answer?["truncated"] == .bool(count > 1000))
    }
}
