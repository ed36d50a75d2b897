import CMuster
import Glibc
import MusterCore

/// What the doctor reads off the host.
enum HostProbe {
    /// What stands at the path.
    static func socketFile(_ path: String) -> SocketFile {
        var status = stat()
        // The C function reads the path's bytes, fills the structure and keeps neither.
        guard unsafe stat(path, &status) == 0 else { return errno == EACCES ? .hidden : .missing }
        guard status.st_mode & S_IFMT == S_IFSOCK else { return .other }
        return .socket(mode: status.st_mode & 0o7777, group: group(status.st_gid))
    }

    /// The user of this process.
    static func caller() -> Caller {
        let uid = geteuid()
        // The entry is the C library's; nobody else asks it meanwhile.
        guard let entry = unsafe getpwuid(uid), let text = unsafe entry.pointee.pw_name else {
            return Caller(uid: uid, name: "user \(uid)", groups: processGroups, listed: [])
        }
        let name = unsafe String(cString: text)
        return Caller(
            uid: uid, name: name, groups: processGroups,
            listed: listedGroups(of: name, primary: unsafe entry.pointee.pw_gid))
    }

    private static var processGroups: Set<UInt32> {
        var groups = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
        // The C function writes at most as many numbers as there is room for.
        let count = unsafe getgroups(Int32(groups.count), &groups)
        return Set(groups.prefix(Int(max(0, count)))).union([getegid()])
    }

    private static func listedGroups(of name: String, primary: UInt32) -> Set<UInt32> {
        var count: Int32 = 1024
        var groups = [gid_t](repeating: 0, count: Int(count))
        // The C function writes at most as many numbers as there is room for; more make it fail, and
        // then nothing is known.
        guard unsafe getgrouplist(name, primary, &groups, &count) >= 0 else { return [] }
        return Set(groups.prefix(Int(count)))
    }

    /// The group of this name, or nil where the host has none.
    static func group(named name: String) -> HostGroup? {
        // The entry is the C library's; nobody else asks it meanwhile.
        guard let entry = unsafe getgrnam(name) else { return nil }
        return HostGroup(id: unsafe entry.pointee.gr_gid, name: name)
    }

    private static func group(_ id: UInt32) -> HostGroup {
        // As above.
        guard let entry = unsafe getgrgid(id), let name = unsafe entry.pointee.gr_name else {
            return HostGroup(id: id, name: "\(id)")
        }
        return HostGroup(id: id, name: unsafe String(cString: name))
    }

    /// Whether the kernel takes the clock for synchronised.
    static func clockState() -> ClockState {
        switch muster_clock_is_synchronised() {
        case 0: .unsynchronised
        case 1: .synchronised
        default: .untold
        }
    }

    /// Whether systemd is the manager of this host, as sd_booted(3) has it.
    static var hasSystemd: Bool {
        // The C function reads the path's bytes and keeps nothing.
        unsafe access("/run/systemd/system", F_OK) == 0
    }

    /// Whether the directory may be listed.
    static func mayRead(_ directory: String) -> Bool {
        // As above.
        unsafe access(directory, R_OK | X_OK) == 0
    }
}
