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

    /// Appends the entry of one person; `address` is nil where none are kept.
    package static func append(_ digest: Digest, _ address: [UInt8]?, to bytes: inout [UInt8]) {
        digest.append(to: &bytes)
        guard let address else { return }
        bytes.append(number: UInt16(truncatingIfNeeded: address.count))
        bytes.append(contentsOf: address)
    }
}

/// Reads entries, piece by piece, into a set of people.
package struct IdentityDecoder {
    private let keepsAddresses: Bool
    private var rest: [UInt8] = []
    private var last: Digest?
    /// The people so far.
    package private(set) var members: Membership

    package init(keepsAddresses: Bool) {
        self.keepsAddresses = keepsAddresses
        members = Membership(keepsAddresses: keepsAddresses)
    }

    /// Whether the last piece ended with an entry.
    package var isAtEnd: Bool { rest.isEmpty }

    /// Takes the next bytes behind the header.
    package mutating func take(_ bytes: [UInt8]) throws(LogFault) {
        let piece = rest.isEmpty ? bytes : rest + bytes
        let read = keepsAddresses ? try addresses(piece.span) : try digests(piece.span)
        rest = Array(piece[read...])
    }

    private mutating func digests(_ bytes: Span<UInt8>) throws(LogFault) -> Int {
        var offset = 0
        while offset + 32 <= bytes.count {
            try append(Digest(at: offset, of: bytes), nil)
            offset += 32
        }
        return offset
    }

    private mutating func addresses(_ bytes: Span<UInt8>) throws(LogFault) -> Int {
        var offset = 0
        while offset + 34 <= bytes.count {
            let length = Int(bytes.number(at: offset + 32) as UInt16)
            guard (1...Email.limit).contains(length) else {
                throw .malformed("an address has no possible length")
            }
            let end = offset + 34 + length
            guard end <= bytes.count else { break }
            try append(Digest(at: offset, of: bytes), bytes.copy(offset + 34..<end))
            offset = end
        }
        return offset
    }

    private mutating func append(_ digest: Digest, _ address: [UInt8]?) throws(LogFault) {
        guard last.map({ $0 < digest }) ?? true, members.insert(digest, address: address) else {
            throw .malformed("people are out of order")
        }
        last = digest
    }
}
