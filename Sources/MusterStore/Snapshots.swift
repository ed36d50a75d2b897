// snapshots/ holds what Snapshot.swift and IdentityList.swift specify, as files named by position:
//
//     <position, 20 digits>.state
//     <position, 20 digits>-<instance>.people
//
// The files of people are written and synced first; then the state, under the name `writing`, which
// is synced, renamed and its directory synced: so a name that ends in `.state` says that the
// snapshot is whole, and MANIFEST, which is the engine's, need not name it. Two are kept. Whatever
// no kept state names is left over from a writing that did not end, and goes with the next one.

package import MusterCore

/// The snapshots of a state directory: a cache, written and read beside the engine.
package struct Snapshots: Sendable {
    package static let kept = 2
    static let directory = "snapshots"

    let disk: any FileSystem

    package init(_ disk: any FileSystem) {
        self.disk = disk
    }

    /// The positions of the snapshots, newest first.
    func positions() throws(LogError) -> [Position] {
        let names = try failing { () throws(FileError) in
            try disk.names(in: Self.directory) ?? []
        }
        return names.filter { $0.hasSuffix(Self.stateSuffix) }.compactMap(Self.position)
            .sorted(by: >)
    }

    /// The files of the snapshot at `position`.
    func paths(of position: Position) throws(FileError) -> [String] {
        (try disk.names(in: Self.directory) ?? [])
            .filter { Self.position(of: $0) == position }.map { "\(Self.directory)/\($0)" }
    }

    /// The state without the people of the snapshot at `position`.
    func content(_ position: Position) throws(SnapshotFault) -> SnapshotContent {
        do {
            let found = try disk.content(of: Self.statePath(position), limit: .max)
            guard let bytes = found else { throw SnapshotFault(position, "its state is missing") }
            let content = try SnapshotContent(decoding: bytes.span)
            guard content.header.position == position else {
                throw SnapshotFault(position, "it is of another position than its name")
            }
            return content
        } catch {
            throw SnapshotFault(position, error)
        }
    }

    /// The whole state.
    func state(of content: SnapshotContent) throws(SnapshotFault) -> State {
        var lists: [Membership] = []
        for index in content.people.indices {
            let number = InstanceNumber(index + 1)
            guard let file = try PeopleFile(number, of: content, on: disk) else { break }
            let members = Ahead { () throws(SnapshotFault) in try self.members(in: file) }
            let proof = Result { () throws(SnapshotFault) in try file.prove() }
            lists.append(try members.value())
            try proof.get()
        }
        return content.state(with: lists)
    }

    /// Everybody in a file of whom it is not known yet that they are those it is to hold.
    private func members(in file: PeopleFile) throws(SnapshotFault) -> Membership {
        var members = Membership(keepsAddresses: file.keepsAddresses)
        var people = file.people.unproven
        while let block = try people.next() { members.append(block) }
        return members
    }
}

extension Snapshots {
    static let stateSuffix = ".state"
    static let writingName = "writing"
    static let writing = "\(directory)/\(writingName)"

    static func statePath(_ position: Position) -> String {
        "\(directory)/\(digits(position))\(stateSuffix)"
    }

    static func peoplePath(_ position: Position, _ instance: InstanceNumber) -> String {
        "\(directory)/\(digits(position))-\(instance).people"
    }

    static func position(of name: String) -> Position? {
        Position(name.prefix(20))
    }

    private static func digits(_ position: Position) -> String {
        let digits = String(position)
        return String(repeating: "0", count: 20 - digits.utf8.count) + digits
    }
}

/// Why a snapshot is passed over; that costs time only.
package struct SnapshotFault: Error, Hashable, Sendable {
    package let position: Position
    package let what: String

    init(_ position: Position, _ what: String) {
        self.position = position
        self.what = what
    }

    init(_ position: Position, _ error: any Error) {
        switch error {
        case let fault as SnapshotFault: self = fault
        case LogFault.malformed(let what): self.init(position, what)
        case LogFault.newer(let what): self.init(position, "a newer version wrote it: \(what)")
        case let error as FileError: self.init(position, "it cannot be read: \(error.reason)")
        default: self.init(position, "it cannot be read")
        }
    }

    /// A sentence for people.
    package var message: String {
        "The snapshot at event \(position) is passed over, which costs time only: \(what)."
    }
}
