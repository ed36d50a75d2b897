// snapshots/changes holds changes to lists while a snapshot is written, so that they need no memory.
// It loses its name as soon as it is open, before anything is in it, so nobody else ever reads it.
//
//     the people of one part of a run after the other, in the form of IdentityList.swift without
//     its header; where a part lies, and its CRC-32C, is known only in memory

import Glibc
import MusterCore
import Synchronization

/// A file without a name that keeps runs of changes, open as long as somebody holds this.
final class ChangeFile: Sendable {
    static let name = "changes"

    fileprivate let disk: any FileSystem
    let file: Descriptor
    private let length = Mutex(0)

    /// `path` must be free.
    init(_ path: String, on disk: any FileSystem) throws(FileError) {
        self.disk = disk
        file = try disk.open(path, .createNew)
        // From here on the file is closed with this.
        try disk.remove(path)
    }

    deinit { disk.close(file) }

    /// Writes a run that is in memory, and gives the same that is not.
    func store(_ run: ChangeRun) throws(FileError) -> ChangeRun {
        ChangeRun(came: try store(run.came), left: try store(run.left))
    }

    private func store(_ part: ChangeRun.Part) throws(FileError) -> ChangeRun.Part {
        guard case .held(let people) = part, people.count > 0 else { return part }
        var bytes: [UInt8] = []
        IdentityList.append(people, to: &bytes)
        let count = bytes.count
        let start = length.withLock { length in
            defer { length += count }
            return length
        }
        try disk.write(bytes, to: file, at: start)
        return .stored(
            StoredPeople(
                file: self, bytes: start..<start + count, count: people.count,
                checksum: CRC32C.checksum(of: bytes.span), keepsAddresses: !people.addresses.isEmpty
            ))
    }
}

/// One part of a run in such a file.
struct StoredPeople: Sendable {
    fileprivate let file: ChangeFile
    fileprivate let bytes: Range<Int>
    let count: Int
    fileprivate let checksum: UInt32
    fileprivate let keepsAddresses: Bool

    /// Walks over them with no more than a piece in memory; a copy walks by itself.
    struct Reader: Sendable {
        private static let pieceSize = 64 << 10

        private let people: StoredPeople
        private var offset: Int
        private var decoder: IdentityDecoder
        private var checksum: UInt32 = 0

        init(_ people: StoredPeople) {
            self.people = people
            offset = people.bytes.lowerBound
            decoder = IdentityDecoder(keepsAddresses: people.keepsAddresses)
        }

        /// The next people, never nobody; nil at the end, which is reached only where all were read
        /// as they were written.
        mutating func next() throws(FileError) -> PeopleBlock? {
            while offset < people.bytes.upperBound {
                let piece = try people.file.disk.read(
                    people.file.file, at: offset,
                    count: min(Self.pieceSize, people.bytes.upperBound - offset))
                guard !piece.isEmpty else { throw Self.damaged }
                offset += piece.count
                checksum = CRC32C.checksum(of: piece.span, seed: checksum)
                let block: PeopleBlock
                do {
                    block = try decoder.decode(piece)
                } catch {
                    throw Self.damaged
                }
                if block.count > 0 { return block }
            }
            guard decoder.isAtEnd, checksum == people.checksum else { throw Self.damaged }
            return nil
        }

        private static var damaged: FileError {
            FileError("read back", "\(Snapshots.directory)/\(ChangeFile.name)", code: EIO)
        }
    }
}
