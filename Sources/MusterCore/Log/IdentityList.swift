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

    /// Appends the entries of a block.
    package static func append(_ people: PeopleBlock, to bytes: inout [UInt8]) {
        guard people.addresses.isEmpty else {
            for index in 0..<people.count { append(people[index], to: &bytes) }
            return
        }
        bytes.append(digests: people.digests)
    }

    private static func append(_ person: Person, to bytes: inout [UInt8]) {
        person.digest.append(to: &bytes)
        guard let address = person.address else { return }
        bytes.append(number: UInt16(truncatingIfNeeded: address.count))
        bytes.append(contentsOf: address)
    }

    /// How many bytes a digest takes in a list.
    package static let digestSize = 32
}

/// Reads entries from a file that is given piece by piece, and checks their order.
package struct IdentityDecoder: Sendable {
    private let keepsAddresses: Bool
    /// The start of an entry that the next piece ends.
    private var rest: [UInt8] = []
    private var last = Digest.zero

    package init(keepsAddresses: Bool) {
        self.keepsAddresses = keepsAddresses
    }

    /// Whether the pieces so far ended with an entry.
    package var isAtEnd: Bool { rest.isEmpty }

    /// The people whose entries end in `piece`, the next bytes behind the header or behind the
    /// piece before.
    package mutating func decode(_ piece: [UInt8]) throws(LogFault) -> PeopleBlock {
        let bytes = rest.isEmpty ? piece : rest + piece
        var people = PeopleBlock()
        let end = try keepsAddresses ? addresses(of: bytes, &people) : digests(of: bytes, &people)
        rest = end == bytes.count ? [] : Array(bytes[end...])
        return people
    }

    /// Decodes whole entries, and returns where the last of them ends.
    private mutating func digests(
        of bytes: [UInt8], _ people: inout PeopleBlock
    ) throws(LogFault) -> Int {
        let count = bytes.count / IdentityList.digestSize
        let span = bytes.span
        var last = last
        var isOrdered = true
        people = PeopleBlock(
            [Digest](capacity: count) { output in
                for index in 0..<count {
                    let digest = Digest(at: index * IdentityList.digestSize, of: span)
                    if digest <= last { isOrdered = false }
                    last = digest
                    output.append(digest)
                }
            })
        guard isOrdered else { throw Self.outOfOrder }
        self.last = last
        return count * IdentityList.digestSize
    }

    private mutating func addresses(
        of bytes: [UInt8], _ people: inout PeopleBlock
    ) throws(LogFault) -> Int {
        var offset = 0
        while true {
            let start = offset + IdentityList.digestSize + 2
            guard start <= bytes.count else { return offset }
            let length = Int(bytes.span.number(at: start - 2) as UInt16)
            guard (1...Email.limit).contains(length) else {
                throw .malformed("an address has no possible length")
            }
            guard start + length <= bytes.count else { return offset }
            let digest = Digest(at: offset, of: bytes.span)
            guard last < digest else { throw Self.outOfOrder }
            last = digest
            offset = start + length
            people.append(Person(digest: digest, address: Array(bytes[start..<offset])))
        }
    }

    private static let outOfOrder = LogFault.malformed("people are out of order")
}
