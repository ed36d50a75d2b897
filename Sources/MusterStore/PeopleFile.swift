import MusterCore

import struct Crypto.SHA256

/// The file of one instance's people in a snapshot, open as long as somebody holds this: that the
/// snapshot is removed meanwhile does no harm.
final class PeopleFile: Sendable {
    private static let pieceSize = IdentityList.digestSize * FrozenAudience.digestsInChunk

    let keepsAddresses: Bool
    private let position: Position
    private let list: IdentityList
    private let disk: any FileSystem
    private let file: Descriptor

    /// Nil where the instance is younger than the snapshot.
    init?(
        _ number: InstanceNumber, of content: SnapshotContent, on disk: any FileSystem
    ) throws(SnapshotFault) {
        guard let people = content.list(of: number) else { return nil }
        position = content.header.position
        (keepsAddresses, list) = people
        self.disk = disk
        do {
            file = try disk.open(Snapshots.peoplePath(position, number), .read)
        } catch {
            throw SnapshotFault(position, error)
        }
        // From here on the file is closed with this.
        do {
            guard UInt64(try disk.size(of: file)) == list.bytes else {
                throw LogFault.malformed("a file of people does not have its length")
            }
        } catch {
            throw SnapshotFault(position, error)
        }
    }

    deinit { disk.close(file) }

    /// How many people there are to be in the file.
    var count: Int { Int(clamping: list.count) }

    /// Everyone in the file, in the order of their digests.
    var people: People { People(of: self) }

    /// Looks at the digest of the whole file.
    func prove() throws(SnapshotFault) {
        var people = people
        try people.readToEnd()
    }

    /// Walks over a file of people with no more than a piece of it in memory; a copy walks by
    /// itself.
    struct People: Sendable {
        private let file: PeopleFile
        private var decoder: IdentityDecoder
        /// Nil where whoever reads has another proof.
        private var hash: SHA256? = SHA256()
        private var offset = 0
        private var count: UInt64 = 0

        fileprivate init(of file: PeopleFile) {
            self.file = file
            decoder = IdentityDecoder(keepsAddresses: file.keepsAddresses)
        }

        /// The next people, never nobody; nil at the end, which is reached only where the whole file
        /// is the one that the snapshot names.
        mutating func next() throws(SnapshotFault) -> PeopleBlock? {
            do {
                while let piece = try readPiece() {
                    let people = try decoder.decode(piece)
                    count += UInt64(people.count)
                    if people.count > 0 { return people }
                }
                guard decoder.isAtEnd, count == file.list.count else {
                    throw LogFault.malformed(
                        "a file of people has not as many as its snapshot says")
                }
                try mustBeProven()
                return nil
            } catch {
                throw SnapshotFault(file.position, error)
            }
        }

        fileprivate mutating func readToEnd() throws(SnapshotFault) {
            do {
                while try readPiece() != nil {}
                try mustBeProven()
            } catch {
                throw SnapshotFault(file.position, error)
            }
        }

        /// The same without looking at the digest of the file, for whoever compares what comes of it.
        var unproven: People {
            var people = self
            people.hash = nil
            return people
        }

        private func mustBeProven() throws(LogFault) {
            guard let hash, Digest(bytes: Array(hash.finalize())) != file.list.digest else {
                return
            }
            throw .malformed("a file of people does not match its digest")
        }

        /// The next bytes behind the header; nil at the end of the file.
        private mutating func readPiece() throws(FileError) -> [UInt8]? {
            if offset == 0 { _ = try read(IdentityList.headerSize) }
            let piece = try read(PeopleFile.pieceSize)
            return piece.isEmpty ? nil : piece
        }

        private mutating func read(_ size: Int) throws(FileError) -> [UInt8] {
            let piece = try file.disk.read(
                file.file, at: offset, count: min(size, Int(file.list.bytes) - offset))
            hash?.update(data: piece)
            offset += piece.count
            return piece
        }
    }
}
