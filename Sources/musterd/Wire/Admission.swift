import MusterCore

/// How many connections there are, in all and of each user; over both sockets.
struct Admission {
    private var all = 0
    private var byUser: [UInt32: Int] = [:]

    /// Counts one more, or refuses it by the limit that is reached.
    ///
    /// Nobody is exempt, so that no client's mistake can take the daemon's descriptors.
    mutating func enter(_ uid: UInt32) throws(Rejection) {
        guard all < ConnectionLimit.all.count else { throw .serverBusy(.all) }
        let own = byUser[uid, default: 0]
        guard own < ConnectionLimit.user.count else { throw .serverBusy(.user) }
        all += 1
        byUser[uid] = own + 1
    }

    /// Counts one fewer of those that were let in.
    mutating func leave(_ uid: UInt32) {
        guard let own = byUser[uid] else { return }
        all -= 1
        byUser[uid] = own > 1 ? own - 1 : nil
    }
}
