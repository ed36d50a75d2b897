/// The answer to a command that was remembered, so that a retry gets the same.
package struct Receipt: Hashable, Sendable {
    package let check: UInt16
    package let position: Position
    package let version: UInt64
    package let changed: UInt32
    package let unchanged: UInt32
    package let members: UInt64
    package let isCreation: Bool
}

/// The command ids that are remembered: one window for member commands, one for the others, each of
/// bounded size.
package struct Receipts: Sendable {
    /// The most ids of member commands.
    package static let memberLimit = 1_000_000
    /// The most ids of other commands.
    package static let otherLimit = 10_000

    private var memberWindow = ReceiptWindow(limit: Self.memberLimit)
    private var otherWindow = ReceiptWindow(limit: Self.otherLimit)

    init() {}

    /// The receipt of the command of this id, if it is in a window.
    package subscript(id: CommandID) -> Receipt? {
        memberWindow.receipt(of: id, hash: id.hash) ?? otherWindow.receipt(of: id, hash: id.hash)
    }

    /// Asks for the memory in which the id of a member command will be looked for, and waits for
    /// nothing; the window of the others is small.
    mutating func prefetch(_ id: CommandID) { memberWindow.prefetch(id) }

    mutating func keep(_ receipt: Receipt, of id: CommandID, concernsMembers: Bool) {
        if concernsMembers {
            memberWindow.keep(receipt, of: id)
        } else {
            otherWindow.keep(receipt, of: id)
        }
    }

    /// Every remembered id with its receipt, oldest first, member commands before the others.
    package func forEach<Failure: Error>(
        _ body: (CommandID, Receipt) throws(Failure) -> Void
    ) throws(Failure) {
        try memberWindow.forEach(body)
        try otherWindow.forEach(body)
    }

    /// How many `forEach` gives of either kind.
    var counts: (members: Int, others: Int) { (memberWindow.count, otherWindow.count) }
}
