import MusterCore

/// What stands at a path where a socket should be.
enum SocketFile: Hashable {
    case missing
    /// A directory above it may not be entered.
    case hidden
    /// Something that is no socket.
    case other
    case socket(mode: UInt32, group: HostGroup)
}

/// The user who asks.
struct Caller: Hashable {
    let uid: UInt32
    let name: String
    /// The groups of this process.
    let groups: Set<UInt32>
    /// The groups the host's database lists the user in, also since the process began.
    let listed: Set<UInt32>
}

/// Judges the daemon's socket, and whether the caller may use it.
struct SocketFindings {
    let path: String
    let file: SocketFile
    let caller: Caller
    /// The group that the units give this socket, where the host has it.
    let group: HostGroup?

    private var usual: UnitSocket? { UnitSocket(rawValue: path) }

    /// What is to be said of the socket's file.
    var socket: Finding {
        switch file {
        case .missing:
            return .bad(
                .socket, "\(path): there is no socket",
                usual.map { "As root, systemctl start \($0.unit)." }
                    ?? "Start the daemon, or name another socket with --socket or MUSTER_SOCKET.")
        case .hidden:
            return .bad(
                .socket, "\(path): a directory above it may not be entered",
                "Give the directories above it the mode 0755.")
        case .other:
            return .bad(
                .socket, "\(path): this is no socket",
                "Remove it, and "
                    + (usual.map { "as root systemctl restart \($0.unit)." } ?? "start the daemon.")
            )
        case .socket(let mode, let owner): return judge(mode, owner)
        }
    }

    private func judge(_ mode: UInt32, _ owner: HostGroup) -> Finding {
        let rights = "mode \(mode.octal), group \(owner.name)"
        guard let usual else { return .ok(.socket, "\(path) is there: \(rights)") }
        let restart =
            "Take SocketMode= and SocketGroup= out of the drop-ins that systemctl cat \(usual.unit) "
            + "shows, then as root systemctl daemon-reload and systemctl restart \(usual.unit)."
        if owner.name != usual.group {
            return .bad(
                .socket, "\(path) belongs to the group \(owner.name), not to \(usual.group)",
                restart)
        }
        if mode & 0o007 != 0 {
            return .warn(
                .socket, "\(path) is open to every user of the host: \(rights)", restart)
        }
        guard mode == 0o660 else {
            return .warn(.socket, "\(path) has the mode \(mode.octal), not 0660", restart)
        }
        return .ok(.socket, "\(path) is there: \(rights)")
    }

    /// What is to be said of the caller's right to the socket; `answers` where the daemon let the
    /// caller in all the same, as root or an ACL may.
    func membership(answers: Bool) -> Finding {
        guard let usual else {
            return .ok(.group, "not looked at: the socket is none of the units'")
        }
        guard let group else {
            return .bad(
                .group, "there is no group \(usual.group) on this host",
                "As root, systemd-sysusers makes it; then systemctl restart \(usual.unit).")
        }
        let who = "\(caller.name) may \(usual.rights)"
        if caller.uid == 0 { return .ok(.group, who) }
        if caller.groups.contains(group.id) {
            return .ok(.group, "\(who), as a member of \(group.name)")
        }
        if caller.listed.contains(group.id) {
            return .warn(
                .group, "\(caller.name) is a member of \(group.name), and was none at log-in",
                "Log in again.")
        }
        if answers {
            return .ok(.group, "\(caller.name) is no member of \(group.name), and let in")
        }
        return .bad(
            .group, "\(caller.name) is no member of \(group.name)",
            "As root, usermod -aG \(group.name) \(caller.name); then log in again.")
    }
}

extension UInt32 {
    /// As file modes are written.
    fileprivate var octal: String {
        let digits = String(self, radix: 8)
        return String(repeating: "0", count: Swift.max(0, 4 - digits.count)) + digits
    }
}
