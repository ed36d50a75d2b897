import Testing

@testable import MusterCore

private let muster = HostGroup(id: 990, name: "muster")
private let ops = HostGroup(id: 2000, name: "ops")
private let writers = WriteClass(daemon: 998, groups: [muster, ops])

/// A user of that id in those groups, the first of them the primary one.
private func peer(_ uid: UInt32, _ groups: UInt32...) -> Peer {
    Peer(uid: uid, gid: groups.first ?? uid, pid: 7, groups: Set(groups.dropFirst()))
}

private func order(_ name: String) -> Command? {
    guard let instance = InstanceID("acme") else { return nil }
    let list = MemberList(
        instance: instance, members: NamedMembers(), isSingle: false, isAtomic: false)
    switch name {
    case "member.add": return .addMembers(list)
    case "member.remove": return .removeMembers(list)
    case "instance.configure":
        return .configure(Configuration(instance: instance, change: SettingsChange()))
    default:
        return .syncNow(SyncOrder(instance: instance, approval: nil, again: false))
    }
}

@Suite struct `The right to command` {
    @Test(arguments: [
        (peer(0, 0), true), (peer(0, 1001), true), (peer(998, 998), true), (peer(998, 65534), true),
        (peer(1001, 990), true), (peer(1001, 1001, 990), true), (peer(1001, 1001, 27, 2000), true),
        (peer(1001, 2000, 4), true), (peer(1001, 1001), false), (peer(1001, 1001, 27, 0), false),
        (peer(990, 991), false), (peer(2000, 1001), false), (peer(1001, 0), false),
        (peer(.max, .max), false),
    ])
    func `is root's, the daemon's and the groups'`(peer: Peer, isHeld: Bool) {
        #expect(writers.holds(peer) == isHeld)
        #expect(Rights(of: peer, by: .command, writers).mayCommand == isHeld)
        #expect(!Rights(of: peer, by: .query, writers).mayCommand)
    }

    @Test(arguments: ["member.add", "member.remove", "instance.configure", "sync.now"])
    func `is asked for each command`(name: String) throws {
        let command = try #require(order(name))
        try Rights(of: peer(1001, 990), by: .command, writers).permit(command)
        #expect(throws: Rejection.self) {
            try Rights(of: peer(1001, 1001), by: .command, writers).permit(command)
        }
        #expect(throws: Rejection.self) {
            try Rights(of: peer(0, 0), by: .query, writers).permit(command)
        }
    }

    @Test func `of nobody's group is only root's and the daemon's`() {
        let alone = WriteClass(daemon: 998, groups: [])
        #expect(alone.holds(peer(0, 0)) && alone.holds(peer(998, 998)))
        #expect(!alone.holds(peer(1001, 990)))
    }
}

@Suite struct `A query` {
    @Test(arguments: [Door.command, .query], [peer(0, 0), peer(1001, 1001)])
    func `of the whole is answered to everybody`(door: Door, peer: Peer) throws {
        let rights = Rights(of: peer, by: door, writers)
        let instance = try #require(InstanceID("acme"))
        for query in [
            Query.hello(protocols: nil), .ping, .status(withStateHash: true), .instanceList,
            .instanceShow(instance), .syncList(instance), .syncShow(1), .syncPlan(instance),
        ] {
            try rights.permit(query)
        }
    }

    @Test(
        arguments: [
            (Door.command, 990, true), (.command, 1001, false), (.query, 990, false),
            (.query, 0, false),
        ])
    func `that uses a token is for those who may command`(door: Door, gid: UInt32, isTaken: Bool)
        throws
    {
        let query = Query.instanceCheck(try #require(InstanceID("acme")))
        let rights = Rights(of: peer(1001, gid), by: door, writers)
        if isTaken {
            try rights.permit(query)
        } else {
            #expect(throws: Rejection.self) { try rights.permit(query) }
        }
    }

    @Test(arguments: [(Door.command, 1001, true), (.query, 1001, false), (.query, 0, false)])
    func `of one person is for the command socket`(door: Door, uid: UInt32, isTaken: Bool) throws {
        let query = Query.memberShow(
            try #require(InstanceID("acme")), try Member(Array("a@b".utf8)), withHistory: false)
        let rights = Rights(of: peer(uid, uid), by: door, writers)
        if isTaken {
            try rights.permit(query)
        } else {
            #expect(throws: Rejection.self) { try rights.permit(query) }
        }
    }
}

@Suite struct `A denial` {
    private func denial(_ door: Door, _ groups: HostGroup...) -> Rejection? {
        let writers = WriteClass(daemon: 998, groups: groups)
        guard let command = order("sync.now") else { return nil }
        do {
            try Rights(of: peer(1001, 1001), by: door, writers).permit(command)
            return nil
        } catch {
            return error
        }
    }

    @Test func `names the group to join, and how`() {
        #expect(
            denial(.command, muster, ops)?.remedy
                == "As root, usermod -aG muster $(id -un 1001); then log in again.")
        #expect(denial(.command, muster, ops)?.details["groups"] == ["muster", "ops"])
        #expect(denial(.command, muster)?.details["socket"] == "command")
        #expect(
            denial(.query, muster)?.remedy
                == "Use the command socket, which is for members of the group muster.")
    }

    @Test func `never sends anybody into root's group`() {
        let root = HostGroup(id: 0, name: "root")
        #expect(denial(.command, root, ops)?.details["groups"] == ["ops"])
        #expect(
            denial(.command, root)?.remedy
                == "Start the server with --admin-group GROUP, and make this user a member.")
        #expect(denial(.query, root)?.remedy == "Use the command socket.")
    }
}

extension JSON {
    fileprivate subscript(name: String) -> JSON? { object?[name] }
}
