// The people of one instance in a snapshot, sorted by digest, none twice.
//
//     header, 64 bytes, numbers little-endian
//       0  8   magic "MusterId"
//       8  u32 format, 1
//      12  u32 form of the entries: 1 digests, 2 addresses
//      16  16  id of the log
//      32  u64 position of the snapshot
//      40  u64 number of entries
//      48  u32 instance
//      52  12  zero
//     entries to the end
//       digest entry    32 bytes
//       address entry   32 bytes SHA-256 of the address, u16 length, 1 to 254, then the address, UTF-8
//
// The snapshot's state names the file's length and SHA-256; nobody reads it without.

/// The summary of a file of identities.
package struct IdentityList: Hashable, Sendable {
    package static let headerSize = 64

    private static let magic = UInt64(littleEndianText: "MusterId")
    private static let format: UInt32 = 1

    package let count: UInt64
    /// The length of the file.
    package let bytes: UInt64
    /// SHA-256 of the file.
    package let digest: Digest

    package init(count: UInt64, bytes: UInt64, digest: Digest) {
        self.count = count
        self.bytes = bytes
        self.digest = digest
    }

    /// The first bytes of the file of `count` people of an instance.
    package static func header(
        of instance: InstanceNumber, count: UInt64, keepsAddresses: Bool,
        in snapshot: SnapshotHeader
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(number: magic)
        bytes.append(number: format)
        bytes.append(number: UInt32(form(keepsAddresses).rawValue))
        snapshot.log.append(to: &bytes)
        bytes.append(number: snapshot.position)
        bytes.append(number: count)
        bytes.append(number: instance)
        bytes.append(contentsOf: repeatElement(0, count: headerSize - bytes.count))
        return bytes
    }

    private static func form(_ keepsAddresses: Bool) -> SlotForm {
        keepsAddresses ? .address : .digest
    }

    /// Appends the entry of one person.
    package static func append(_ person: Person, to bytes: inout [UInt8]) {
        person.digest.append(to: &bytes)
        guard let address = person.address else { return }
        bytes.append(number: UInt16(truncatingIfNeeded: address.count))
        bytes.append(contentsOf: address)
    }
}

/// Reads entries from a file that is given piece by piece, and checks their order.
package struct IdentityDecoder: Sendable {
    private let keepsAddresses: Bool
    private var bytes: [UInt8] = []
    private var offset = 0
    private var last = Digest.zero

    package init(keepsAddresses: Bool) {
        self.keepsAddresses = keepsAddresses
    }

    /// Whether the pieces so far ended with an entry, and every entry was taken.
    package var isAtEnd: Bool { offset == bytes.count }

    /// Adds the next bytes behind the header.
    package mutating func feed(_ piece: [UInt8]) {
        bytes = isAtEnd ? piece : bytes[offset...] + piece
        offset = 0
    }

    /// The next person, or nil where that takes another piece.
    package mutating func next() throws(LogFault) -> Person? {
        let start = offset + 32
        guard start <= bytes.count else { return nil }
        let digest = Digest(at: offset, of: bytes.span)
        var end = start
        var address: [UInt8]?
        if keepsAddresses {
            guard start + 2 <= bytes.count else { return nil }
            let length = Int(bytes.span.number(at: start) as UInt16)
            guard (1...Email.limit).contains(length) else {
                throw .malformed("an address has no possible length")
            }
            end = start + 2 + length
            guard end <= bytes.count else { return nil }
            address = Array(bytes[start + 2..<end])
        }
        guard last < digest else { throw .malformed("people are out of order") }
        last = digest
        offset = end
        return Person(digest: digest, address: address)
    }
}
