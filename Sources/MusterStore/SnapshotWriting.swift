package import MusterCore

import struct Crypto.SHA256

extension Snapshots {
    fileprivate static let pieceSize = 512 << 10

    /// Writes the snapshot at the header's position, which must be durable, removes all but the
    /// newest two, and returns those that could not be used.
    ///
    /// The people are those of the snapshot before, with what the log changed since; `outline` is
    /// the state without them. Takes long, and memory for a part of the changes. Where it throws, the older
    /// ones are as they were.
    package func write(
        _ outline: Outline, _ header: SnapshotHeader
    ) throws(LogError) -> [SnapshotFault] {
        let reader = try LogReader(disk)
        try failing { () throws(FileError) in try disk.makeDirectory(Self.directory) }
        var passedOver: [SnapshotFault] = []
        var limit = max(1, header.position) - 1
        while true {
            try forget(header.position)
            let base = try reader.newestSnapshot(
                through: limit, passOver: { passedOver.append($0) }
            ) { content throws(SnapshotFault) in content }
            do {
                let lists = try writePeople(outline, since: base?.value, reader, header)
                try writeState(outline.state, lists, header)
                try publish(header.position)
                return passedOver
            } catch {
                guard case .snapshot(let fault) = error else {
                    // What is left of it takes room and helps nobody; where it cannot be removed,
                    // the next writing does.
                    try? forget(header.position)
                    throw error
                }
                passedOver.append(fault)
                limit = max(1, fault.position) - 1
            }
        }
    }

    /// Gives the finished state its name, and removes what it makes needless.
    private func publish(_ position: Position) throws(LogError) {
        try failing { () throws(FileError) in
            try disk.rename(Self.writing, to: Self.statePath(position))
            try disk.synchronizeDirectory(Self.directory)
            try disk.synchronizeDirectory("")
        }
        try prune()
    }

    private func writePeople(
        _ outline: Outline, since base: SnapshotContent?, _ reader: LogReader,
        _ header: SnapshotHeader
    ) throws(LogError) -> [IdentityList] {
        let instances = outline.state.instances
        let changes = try changes(
            reader, of: instances.map { base?.list(of: $0.number)?.keepsAddresses },
            since: base?.header.position ?? 0, header)
        var lists: [IdentityList] = []
        for (index, instance) in instances.enumerated() {
            let people = MergedPeople(
                try file(of: instance.number, in: base), changes[index])
            lists.append(
                try write(people, of: instance, count: outline.counts[index], header))
        }
        return lists
    }

    /// What the log says of each list since a position; `bases` tell whether those of the snapshot
    /// there keep addresses.
    private func changes(
        _ reader: LogReader, of bases: [Bool?], since position: Position, _ header: SnapshotHeader
    ) throws(LogError) -> [ListChanges] {
        let file = try failing { () throws(FileError) in
            try ChangeFile("\(Self.directory)/\(ChangeFile.name)", on: disk)
        }
        var changes = ChangesOfLists(bases, file)
        try reader.forEach(from: position + 1, through: header.position) { entry in
            changes.apply(entry.event.fact)
        }
        return try failing { () throws(FileError) in try changes.finish() }
    }

    private func file(
        of number: InstanceNumber, in base: SnapshotContent?
    ) throws(LogError) -> PeopleFile? {
        do {
            return try base.flatMap { base throws(SnapshotFault) in
                try PeopleFile(number, of: base, on: disk)
            }
        } catch {
            throw .snapshot(error)
        }
    }

    private func write(
        _ people: MergedPeople, of instance: InstanceState, count: Int, _ header: SnapshotHeader
    ) throws(LogError) -> IdentityList {
        var file = try SummedFile(
            Self.peoplePath(header.position, instance.number), on: disk)
        defer { file.close() }
        var piece = IdentityList.header(
            of: instance.number, count: UInt64(count),
            keepsAddresses: instance.settings.piiType == .email, in: header)
        var people = people
        var found = 0
        while let block = try people.next() {
            IdentityList.append(block, to: &piece)
            found += block.count
            if piece.count > Self.pieceSize {
                try file.write(piece)
                piece.removeAll(keepingCapacity: true)
            }
        }
        // The log and the state that was folded from it must agree.
        guard found == count else { throw .listDiffers(header.position) }
        try file.write(piece)
        try file.synchronize()
        return IdentityList(
            count: UInt64(count), bytes: UInt64(file.length), digest: file.digest)
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

    /// Removes what an earlier writing left at the same position.
    private func forget(_ position: Position) throws(LogError) {
        try remove {
            Self.position(of: $0) == position || [Self.writingName, ChangeFile.name].contains($0)
        }
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
}

/// A new file that knows the digest of what was written to it.
private struct SummedFile {
    private let disk: any FileSystem
    private let file: Descriptor
    private var hash = SHA256()
    private(set) var length = 0
    private var synchronized = 0

    init(_ path: String, on disk: any FileSystem) throws(LogError) {
        self.disk = disk
        file = try failing { () throws(FileError) in try disk.open(path, .createNew) }
    }

    mutating func write(_ bytes: [UInt8]) throws(LogError) {
        hash.update(data: bytes)
        let offset = length
        try failing { () throws(FileError) in try disk.write(bytes, to: file, at: offset) }
        length += bytes.count
        // A commit that is synced beside it waits for one piece, and not for all.
        if length - synchronized >= Snapshots.pieceSize { try synchronize() }
    }

    mutating func synchronize() throws(LogError) {
        try failing { () throws(FileError) in try disk.synchronize(file) }
        synchronized = length
    }

    func close() { disk.close(file) }

    /// SHA-256 of everything so far.
    var digest: Digest {
        Digest(bytes: Array(hash.finalize())) ?? .zero
    }
}
