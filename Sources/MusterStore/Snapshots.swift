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

import struct Crypto.SHA256

/// The snapshots of a state directory: a cache, written and read beside the engine.
package struct Snapshots: Sendable {
    package static let kept = 2
    static let directory = "snapshots"

    private static let pieceSize = 1 << 20
    private let disk: any FileSystem

    package init(_ disk: any FileSystem) {
        self.disk = disk
    }

    /// Writes the snapshot of `state`, which must be durable, and removes all but the newest two.
    ///
    /// Takes long. Where it throws, the older ones are as they were.
    package func write(_ state: State, _ header: SnapshotHeader) throws(LogError) {
        try failing { () throws(FileError) in try disk.makeDirectory(Self.directory) }
        try forget(header.position)
        var lists: [IdentityList] = []
        for instance in state.instances { lists.append(try writePeople(of: instance, header)) }
        try writeState(state, lists, header)
        try failing { () throws(FileError) in
            try disk.rename(Self.writing, to: Self.statePath(header.position))
            try disk.synchronizeDirectory(Self.directory)
            try disk.synchronizeDirectory("")
        }
        try prune()
    }

    private func writeState(
        _ state: State, _ lists: [IdentityList], _ header: SnapshotHeader
    ) throws(LogError) {
        var encoder = SnapshotEncoder(header)
        var file = try SummedFile(Self.writing, on: disk)
        defer { file.close() }
        encoder.begin(state)
        for (instance, list) in zip(state.instances, lists) {
            do {
                try encoder.add(instance, people: list)
            } catch {
                throw .refused(error)
            }
            if encoder.byteCount > Self.pieceSize { try file.write(encoder.take()) }
        }
        try state.receipts.forEach { id, receipt throws(LogError) in
            encoder.add(receipt, of: id)
            if encoder.byteCount > Self.pieceSize { try file.write(encoder.take()) }
        }
        try file.write(encoder.take())
        encoder.end(file.digest)
        try file.write(encoder.take())
        try file.synchronize()
    }

    private func writePeople(
        of instance: InstanceState, _ header: SnapshotHeader
    ) throws(LogError) -> IdentityList {
        let count = UInt64(instance.members.count)
        var file = try SummedFile(
            Self.peoplePath(header.position, instance.number), on: disk)
        defer { file.close() }
        var piece = IdentityList.header(
            of: instance.number, count: count,
            keepsAddresses: instance.settings.piiType == .email, in: header)
        try instance.members.forEach { digest, address throws(LogError) in
            IdentityList.append(digest, address, to: &piece)
            if piece.count > Self.pieceSize {
                try file.write(piece)
                piece.removeAll(keepingCapacity: true)
            }
        }
        try file.write(piece)
        try file.synchronize()
        return IdentityList(count: count, bytes: UInt64(file.length), digest: file.digest)
    }

    /// Removes what an earlier writing left at the same position.
    private func forget(_ position: Position) throws(LogError) {
        try remove { Self.position(of: $0) == position || $0 == Self.writingName }
    }

    private func prune() throws(LogError) {
        let kept = Set(try positions().prefix(Self.kept))
        try remove { name in Self.position(of: name).map { !kept.contains($0) } ?? false }
    }

    /// The states go first, so that no state is left without its people.
    private func remove(_ isUnwanted: (String) -> Bool) throws(LogError) {
        try failing { () throws(FileError) in
            let names = (try disk.names(in: Self.directory) ?? []).filter(isUnwanted)
            for name in names where name.hasSuffix(Self.stateSuffix) {
                try disk.remove("\(Self.directory)/\(name)")
                try disk.synchronizeDirectory(Self.directory)
            }
            for name in names where !name.hasSuffix(Self.stateSuffix) {
                try disk.remove("\(Self.directory)/\(name)")
            }
        }
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

    /// The people of one instance.
    func people(
        _ number: InstanceNumber, of content: SnapshotContent
    ) throws(SnapshotFault) -> Membership {
        let position = content.header.position
        do {
            return try read(number, content.people[Int(number) - 1], position)
        } catch {
            throw SnapshotFault(position, error)
        }
    }

    /// The whole state.
    func state(of content: SnapshotContent) throws(SnapshotFault) -> State {
        var members: [Membership] = []
        for index in content.people.indices {
            members.append(try people(InstanceNumber(index + 1), of: content))
        }
        return content.state(with: members)
    }

    private func read(
        _ number: InstanceNumber, _ expected: (keepsAddresses: Bool, list: IdentityList),
        _ position: Position
    ) throws -> Membership {
        let list = expected.list
        let file = try disk.open(Self.peoplePath(position, number), .read)
        defer { disk.close(file) }
        guard UInt64(try disk.size(of: file)) == list.bytes else {
            throw LogFault.malformed("a file of people does not have its length")
        }
        var decoder = IdentityDecoder(keepsAddresses: expected.keepsAddresses)
        var hash = SHA256()
        var offset = 0
        while offset < Int(list.bytes) {
            let count = offset == 0 ? IdentityList.headerSize : Self.pieceSize
            let piece = try disk.read(file, at: offset, count: count)
            guard !piece.isEmpty else { break }
            hash.update(data: piece)
            if offset > 0 { try decoder.take(piece) }
            offset += piece.count
        }
        guard decoder.isAtEnd, UInt64(decoder.members.count) == list.count,
            Digest(bytes: Array(hash.finalize())) == list.digest
        else { throw LogFault.malformed("a file of people does not match its digest") }
        return decoder.members
    }
}

extension Snapshots {
    private static let stateSuffix = ".state"
    private static let writingName = "writing"
    private static let writing = "\(directory)/\(writingName)"

    static func statePath(_ position: Position) -> String {
        "\(directory)/\(digits(position))\(stateSuffix)"
    }

    static func peoplePath(_ position: Position, _ instance: InstanceNumber) -> String {
        "\(directory)/\(digits(position))-\(instance).people"
    }

    private static func position(of name: String) -> Position? {
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

    fileprivate init(_ position: Position, _ error: any Error) {
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

/// A new file that knows the digest of what was written to it.
private struct SummedFile {
    private let disk: any FileSystem
    private let file: Descriptor
    private var hash = SHA256()
    private(set) var length = 0

    init(_ path: String, on disk: any FileSystem) throws(LogError) {
        self.disk = disk
        file = try failing { () throws(FileError) in try disk.open(path, .createNew) }
    }

    mutating func write(_ bytes: [UInt8]) throws(LogError) {
        hash.update(data: bytes)
        let offset = length
        try failing { () throws(FileError) in try disk.write(bytes, to: file, at: offset) }
        length += bytes.count
    }

    func synchronize() throws(LogError) {
        try failing { () throws(FileError) in try disk.synchronize(file) }
    }

    func close() { disk.close(file) }

    /// SHA-256 of everything so far.
    var digest: Digest {
        Digest(bytes: Array(hash.finalize())) ?? .zero
    }
}
