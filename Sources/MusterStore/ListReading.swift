import MusterCore

/// A list as it is read for the first time, for whoever can take back what was given of it.
package struct ListReading: Sendable {
    private let source: AudienceSource
    private let reader: LogReader
    private let seal = RowSeal()
    private var changes: AudienceSource.Changes
    private var rows: ListRows
    private var passedOver: [SnapshotFault]

    init(of source: AudienceSource) throws(LogError) {
        self.source = source
        reader = try LogReader(source.files)
        var faults: [SnapshotFault] = []
        changes = try source.changes(reader, through: source.position) { faults.append($0) }
        passedOver = faults
        rows = ListRows(changes.people, seal)
    }

    /// How many rows were given.
    package var count: Int { rows.count }

    /// How many rows there are, about: whoever came again since the snapshot counts twice.
    package var likelyCount: Int { changes.people.likelyCount }

    /// How many bytes these have; nil of addresses, which differ in length.
    package var likelyBytes: Int? {
        let people = changes.people
        return people.keepsAddresses ? nil : people.likelyCount * Digest.base64LineSize
    }

    /// What comes next of a list.
    package enum Piece: Hashable, Sendable {
        /// Whole rows, as they would be sent.
        case rows([UInt8])
        /// The snapshot turned out damaged: the rows come anew from the first on, and those that
        /// were given are void.
        case anew
    }

    /// The next piece; nil when all were given, and only then they are known to be the list.
    package mutating func next() throws(LogError) -> Piece? {
        do {
            return try rows.next().map { .rows($0) }
        } catch {
            guard case .snapshot(let fault) = error else { throw error }
            passedOver.append(fault)
            let limit = max(1, fault.position) - 1
            changes = try source.changes(reader, through: limit) { passedOver.append($0) }
            rows = ListRows(changes.people, seal)
            return .anew
        }
    }

    /// The list and how it differs from that of the earlier position; all pieces must have been
    /// asked for.
    package func finished() throws(LogError) -> AudienceReading {
        let audience = FrozenAudience(rows, of: changes.people, seal, at: source.position)
        return try source.compare(audience, changes.net, passedOver: passedOver)
    }
}
