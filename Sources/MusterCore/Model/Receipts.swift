import DequeModule

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

    private var memberWindow = Window(limit: Self.memberLimit)
    private var otherWindow = Window(limit: Self.otherLimit)

    init() {}

    /// The receipt of the command of this id, if it is in a window.
    package subscript(id: CommandID) -> Receipt? {
        memberWindow.receipts[id] ?? otherWindow.receipts[id]
    }

    mutating func keep(_ receipt: Receipt, of id: CommandID, concernsMembers: Bool) {
        if concernsMembers {
            memberWindow.keep(receipt, of: id)
        } else {
            otherWindow.keep(receipt, of: id)
        }
    }

    /// Receipts by id, and the ids in order of arrival: the oldest goes when the limit is passed.
    private struct Window: Sendable {
        let limit: Int
        var receipts: [CommandID: Receipt] = [:]
        var order: Deque<CommandID> = []

        mutating func keep(_ receipt: Receipt, of id: CommandID) {
            receipts[id] = receipt
            order.append(id)
            if order.count > limit, let oldest = order.popFirst() { receipts[oldest] = nil }
        }
    }

    /// Every remembered id with its receipt, oldest first, member commands before the others.
    package func forEach(_ body: (CommandID, Receipt) -> Void) {
        for window in [memberWindow, otherWindow] {
            for id in window.order {
                if let receipt = window.receipts[id] { body(id, receipt) }
            }
        }
    }
}
