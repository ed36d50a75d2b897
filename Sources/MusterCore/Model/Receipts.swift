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
        let key = Key(id)
        return memberWindow[key] ?? otherWindow[key]
    }

    mutating func keep(_ receipt: Receipt, of id: CommandID, concernsMembers: Bool) {
        if concernsMembers {
            memberWindow.keep(receipt, of: Key(id))
        } else {
            otherWindow.keep(receipt, of: Key(id))
        }
    }

    /// An id with its hash, which is computed once for all that is looked up by it.
    ///
    /// The hash is seeded anew in every process, so no choice of ids fills one part or makes one
    /// slow; the order of arrival is kept apart, and does not depend on it.
    private struct Key: Hashable, Sendable {
        let id: CommandID
        private let hash: Int

        init(_ id: CommandID) {
            self.id = id
            hash = id.hashValue
        }

        /// Which part of a window holds it.
        var part: Int { Int(truncatingIfNeeded: UInt(bitPattern: hash) >> 56) }

        func hash(into hasher: inout Hasher) { hasher.combine(hash) }
    }

    /// Receipts by id, and the ids in order of arrival: the oldest goes when the limit is passed.
    ///
    /// Both stand in small parts, so that neither growth nor the first change after a copy has to
    /// touch all of them at once.
    private struct Window: Sendable {
        private static let partSize = 4096

        private let limit: Int
        private var receipts = [[Key: Receipt]](repeating: [:], count: 256)
        private var order: Deque<[CommandID]> = []
        /// How many of the oldest part's ids are gone.
        private var gone = 0
        private var count = 0

        init(limit: Int) {
            self.limit = limit
        }

        subscript(key: Key) -> Receipt? { receipts[key.part][key] }

        mutating func keep(_ receipt: Receipt, of key: Key) {
            receipts[key.part][key] = receipt
            if order.last.map({ $0.count == Self.partSize }) ?? true { order.append([]) }
            order[order.count - 1].append(key.id)
            count += 1
            if count > limit { forgetOldest() }
        }

        private mutating func forgetOldest() {
            let oldest = Key(order[0][gone])
            receipts[oldest.part][oldest] = nil
            count -= 1
            gone += 1
            guard gone == Self.partSize else { return }
            order.removeFirst()
            gone = 0
        }

        func forEach<Failure: Error>(
            _ body: (CommandID, Receipt) throws(Failure) -> Void
        ) throws(Failure) {
            for (index, part) in order.enumerated() {
                for id in index == 0 ? part[gone...] : part[...] {
                    if let receipt = self[Key(id)] { try body(id, receipt) }
                }
            }
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
    var counts: (members: Int, others: Int) {
        var counts = (members: 0, others: 0)
        memberWindow.forEach { _, _ in counts.members += 1 }
        otherWindow.forEach { _, _ in counts.others += 1 }
        return counts
    }
}
