import MusterCore
import NIOCore
import NIOEmbedded
import Testing

@testable import musterd

@Suite struct `Connections` {
    /// Which limit keeps the next connection of `uid` out, or nil.
    private func refusal(_ uid: UInt32, _ admission: inout Admission) -> Rejection? {
        do {
            try admission.enter(uid)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [UInt32(0), 1001])
    func `of one user are 64 at most, whoever that is`(uid: UInt32) {
        var admission = Admission()
        for _ in 0..<64 { #expect(refusal(uid, &admission) == nil) }
        #expect(refusal(uid, &admission) == .serverBusy(.user))
        #expect(refusal(1002, &admission) == nil)
        admission.leave(uid)
        #expect(refusal(uid, &admission) == nil)
        #expect(refusal(uid, &admission) == .serverBusy(.user))
    }

    @Test func `are 256 at most in all`() {
        var admission = Admission()
        for number in 0..<256 { #expect(refusal(UInt32(number % 5), &admission) == nil) }
        #expect(refusal(9, &admission) == .serverBusy(.all))
        #expect(refusal(0, &admission) == .serverBusy(.all))
        admission.leave(3)
        #expect(refusal(9, &admission) == nil)
        #expect(refusal(9, &admission) == .serverBusy(.all))
    }

    @Test func `that were never let in are not counted out`() {
        var admission = Admission()
        admission.leave(7)
        for number in 0..<256 { #expect(refusal(UInt32(number % 4), &admission) == nil) }
        #expect(refusal(7, &admission) == .serverBusy(.all))
    }

    @Test(arguments: ConnectionLimit.allCases)
    func `that are refused are told by which limit`(limit: ConnectionLimit) throws {
        let turns = try Turns()
        let uids: Range<UInt32> = limit == .user ? 1..<2 : 1..<5
        for uid in uids {
            for _ in 0..<64 {
                _ = try turns.connect(Peer(uid: uid, gid: uid, pid: 1, groups: []))
            }
        }
        let late = Peer(uid: limit == .user ? 1 : 9, gid: 1, pid: 1, groups: [])
        let refused = try turns.connect(late, isAdmitted: false)
        refused.channel.connect(to: try .init(unixDomainSocketPath: "/"), promise: nil)
        turns.turn()
        let answer = try #require(try refused.replies().first)
        #expect(answer.error == "server.busy")
        #expect(answer.id == .null)
        #expect(
            answer["error", "details"]
                == ["limit": .string(limit.rawValue), "value": .integer(Int64(limit.count))])
        #expect(!refused.isOpen)
        // The refused one was not counted, so it leaves no place behind.
        #expect(throws: Rejection.serverBusy(limit)) {
            try turns.engine.admit(try turns.connect(late, isAdmitted: false).connection)
        }
    }
}
