import CMuster
import Glibc
import MusterCore
import NIOCore

extension Peer {
    /// Who connected `channel`, or nil where the kernel does not tell; asked on its loop.
    init?(of channel: any Channel) {
        // A channel that is closed already has nobody at its other end.
        let found = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { Peer(connectedTo: $0) }
        guard case .some(.some(let peer)) = found else { return nil }
        self = peer
    }

    /// Who connected the socket `descriptor`, or nil where the kernel does not tell.
    ///
    /// The kernel keeps what was true when the client connected: a later change of its user or its
    /// groups, or its end, changes nothing here.
    init?(connectedTo descriptor: CInt) {
        var uid: UInt32 = 0
        var gid: UInt32 = 0
        var pid: Int32 = 0
        // The shim writes the three integers.
        guard unsafe muster_peer_credentials(descriptor, &uid, &gid, &pid) == 0,
            let groups = Self.groups(of: descriptor)
        else { return nil }
        self.init(uid: uid, gid: gid, pid: pid, groups: groups)
    }

    private static func groups(of descriptor: CInt) -> Set<UInt32>? {
        var groups = [UInt32](repeating: 0, count: 32)
        // Asked again with the room that was found to be needed; it does not change meanwhile.
        for _ in 0..<2 {
            var count = groups.count
            // The shim writes at most `count` numbers into the array, and then how many there are.
            let result = unsafe groups.withUnsafeMutableBufferPointer { room in
                unsafe muster_peer_groups(descriptor, room.baseAddress, &count)
            }
            if result == 0 { return Set(groups.prefix(count)) }
            guard errno == ERANGE else { return nil }
            groups = [UInt32](repeating: 0, count: count)
        }
        return nil
    }
}

extension HostGroup {
    /// The group that owns the path of the listening socket `channel`, or nil where it has none;
    /// asked on its loop.
    ///
    /// The path is asked and not the descriptor: a socket's own inode belongs to whoever made it,
    /// and what `SocketGroup=`, chown and the mode decide about is the file in the directory.
    init?(owning channel: any Channel) {
        var id: UInt32 = 0
        // A channel that is closed already has no path any more.
        let found = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { descriptor in
            // The shim writes one integer.
            unsafe muster_bound_group(descriptor, &id) == 0
        }
        guard found == true else { return nil }
        self.init(id: id)
    }

    /// The group of this number, with its name where the host's database has one.
    init(id: UInt32) {
        // The entry is the C library's, which nobody else asks while the daemon starts.
        guard let entry = unsafe getgrgid(id), let name = unsafe entry.pointee.gr_name else {
            self.init(id: id, name: "\(id)")
            return
        }
        self.init(id: id, name: unsafe String(cString: name))
    }

    /// The group of this name, or nil where the host's database has none.
    init?(named name: String) {
        // As above.
        guard let entry = unsafe getgrnam(name) else { return nil }
        self.init(id: unsafe entry.pointee.gr_gid, name: name)
    }
}
