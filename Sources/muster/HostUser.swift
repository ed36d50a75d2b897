import Glibc

/// A user as this host knows them.
enum HostUser {
    /// The name that belongs to the number, where there is one.
    static func name(of uid: Int) -> String? {
        guard let number = UInt32(exactly: uid) else { return nil }
        // The entry is the C library's; nobody else asks it meanwhile.
        guard let entry = unsafe getpwuid(number), let text = unsafe entry.pointee.pw_name else {
            return nil
        }
        return unsafe String(cString: text)
    }
}
