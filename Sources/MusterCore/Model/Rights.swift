/// The process at the other end of a connection, as the kernel knew it when it connected.
package struct Peer: Hashable, Sendable {
    package let uid: UInt32
    /// The primary group.
    package let gid: UInt32
    package let pid: Int32
    /// The supplementary groups.
    package let groups: Set<UInt32>

    package init(uid: UInt32, gid: UInt32, pid: Int32, groups: Set<UInt32>) {
        self.uid = uid
        self.gid = gid
        self.pid = pid
        self.groups = groups
    }

    /// As events name it.
    package var actor: Actor { .peer(uid: uid, gid: gid, pid: pid) }

    /// Whether `group` is its primary group or one of the others.
    package func isMember(of group: UInt32) -> Bool { gid == group || groups.contains(group) }
}

/// A group of the host.
package struct HostGroup: Hashable, Sendable {
    package let id: UInt32
    /// Its name, or its number where it has none.
    package let name: String

    package init(id: UInt32, name: String) {
        self.id = id
        self.name = name
    }
}

/// Who may command: root, the daemon's own user, and the members of some groups.
package struct WriteClass: Hashable, Sendable {
    package let daemon: UInt32
    package let groups: [HostGroup]

    package init(daemon: UInt32, groups: [HostGroup]) {
        self.daemon = daemon
        self.groups = groups
    }

    /// Whether `peer` is one of them.
    package func holds(_ peer: Peer) -> Bool {
        peer.uid == 0 || peer.uid == daemon || groups.contains { peer.isMember(of: $0.id) }
    }

    /// The groups that a person can be told to join; root's is never one.
    var joinable: [String] { groups.filter { $0.id != 0 }.map(\.name) }
}

/// Which of the daemon's two sockets a client came in by.
package enum Door: String, Hashable, Sendable {
    case command
    case query
}

/// What a connection may do; decided once, when it is accepted.
package struct Rights: Hashable, Sendable {
    package let door: Door
    /// Whether commands are taken.
    package let mayCommand: Bool
    private let uid: UInt32
    private let joinable: [String]

    package init(of peer: Peer, by door: Door, _ writers: WriteClass) {
        self.door = door
        mayCommand = door == .command && writers.holds(peer)
        uid = peer.uid
        joinable = writers.joinable
    }

    /// Refuses what this connection may not ask for.
    package func permit(_ command: Command) throws(Rejection) {
        guard mayCommand else { throw denial }
    }

    /// Refuses what this connection may not ask for: a query that tells of a single person is not
    /// for the query socket, and one that uses a token is only for those who may command.
    package func permit(_ query: Query) throws(Rejection) {
        switch query {
        case .instanceCheck: guard mayCommand else { throw denial }
        case .memberShow, .memberList: guard door == .command else { throw denial }
        case .logTail, .hello, .ping, .describe, .status, .instanceList, .instanceShow, .syncList,
            .syncShow, .syncPlan:
            break
        }
    }

    private var denial: Rejection {
        .accessDenied(AccessDenial(door: door, uid: uid, groups: joinable))
    }
}

/// What was refused to whom, and which groups would help.
package struct AccessDenial: Hashable, Sendable {
    package let door: Door
    package let uid: UInt32
    package let groups: [String]

    package init(door: Door, uid: UInt32, groups: [String]) {
        self.door = door
        self.uid = uid
        self.groups = groups
    }

    var message: String {
        switch door {
        case .command: "This user may ask the server, but not command it."
        case .query:
            "The query socket takes no commands, uses no token and tells nothing of a single member."
        }
    }

    var remedy: String {
        switch door {
        case .command:
            guard let group = groups.first else {
                return "Start the server with --admin-group GROUP, and make this user a member."
            }
            return "As root, usermod -aG \(group) $(id -un \(uid)); then log in again."
        case .query:
            guard let group = groups.first else { return "Use the command socket." }
            return "Use the command socket, which is for members of the group \(group)."
        }
    }
}

/// A limit on connections, by its name in `hello`.
package enum ConnectionLimit: String, CaseIterable, Hashable, Sendable {
    case all = "maxConnections"
    case user = "maxConnectionsPerUser"

    /// How many there may be.
    package var count: Int {
        switch self {
        case .all: 256
        case .user: 64
        }
    }
}
