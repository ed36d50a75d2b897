import MusterCore

import struct Crypto.SHA256

/// The file of one instance's people in a snapshot, open as long as somebody holds this: that the
/// snapshot is removed meanwhile does no harm.
final class PeopleFile: Sendable {
    private static let pieceSize = 256 << 10

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

    /// Everyone in the file, in the order of their digests.
    var people: People { People(of: self) }

    /// Walks over a file of people with no more than a piece of it in memory; a copy walks by
    /// itself.
    struct People: Sendable {
        private let file: PeopleFile
        private var decoder: IdentityDecoder
        private var hash = SHA256()
        private var offset = 0
        private var count: UInt64 = 0

        fileprivate init(of file: PeopleFile) {
            self.file = file
            decoder = IdentityDecoder(keepsAddresses: file.keepsAddresses)
        }

        /// The next person; nil at the end, which is reached only where the whole file is the one
        /// that the snapshot names.
        mutating func next() throws(SnapshotFault) -> Person? {
            do {
                while true {
                    if let person = try decoder.next() {
                        count += 1
                        return person
                    }
                    guard try readPiece() else { break }
                }
                guard decoder.isAtEnd, count == file.list.count,
                    Digest(bytes: Array(hash.finalize())) == file.list.digest
                else { throw LogFault.malformed("a file of people does not match its digest") }
                return nil
            } catch {
                throw SnapshotFault(file.position, error)
            }
        }

        private mutating func readPiece() throws(FileError) -> Bool {
            let size = offset == 0 ? IdentityList.headerSize : PeopleFile.pieceSize
            let piece = try file.disk.read(
                file.file, at: offset, count: min(size, Int(file.list.bytes) - offset))
            hash.update(data: piece)
            if offset > 0 { decoder.feed(piece) }
            offset += piece.count
            return !piece.isEmpty
        }
    }
}
