/// Members to add to an audience, or to remove from it.
package struct MemberList: Hashable, Sendable {
    /// The most members of one command.
    package static let limit = 50_000

    package let instance: InstanceID
    package let members: NamedMembers
    /// Whether the request named one `member`, whose rejection is an error.
    package let isSingle: Bool
    /// Whether one rejected member refuses the whole command.
    package let isAtomic: Bool

    package init(instance: InstanceID, members: NamedMembers, isSingle: Bool, isAtomic: Bool) {
        self.instance = instance
        self.members = members
        self.isSingle = isSingle
        self.isAtomic = isAtomic
    }
}

/// The members that a request names, each read as it came.
///
/// Addresses stand one after the other in one array, so that a long list is two pieces of memory
/// and not one for each member.
package struct NamedMembers: Hashable, Sendable {
    /// A text of the request, read: an identity, or the reason why it is none.
    package enum Entry: Hashable, BitwiseCopyable, Sendable {
        /// An address, whose normalised bytes stand in the list's own array.
        case address(Digest, start: UInt32, count: UInt8)
        case hashed(Digest)
        case rejected(MemberRejection)

        /// The identity, if it is one.
        var digest: Digest? {
            switch self {
            case .address(let digest, _, _), .hashed(let digest): digest
            case .rejected: nil
            }
        }
    }

    package private(set) var entries: [Entry] = []
    private var addresses: [UInt8] = []
    /// The most bytes that these members can take in the log, whatever the audience keeps.
    package private(set) var sizeLimit = 0

    package init() {}

    package var count: Int { entries.count }

    /// Makes room for `count` members, which are addresses of `bytes` in all.
    mutating func reserve(_ count: Int, bytes: Int) {
        entries.reserveCapacity(count)
        addresses.reserveCapacity(bytes)
    }

    /// Reads a text as `Member` does, and keeps what it is or why it is none.
    package mutating func append(_ text: Span<UInt8>) {
        do throws(MemberRejection) {
            if try Member.isAddress(text) {
                try appendAddress(text)
            } else {
                entries.append(.hashed(try Member.hash(text).digest))
                sizeLimit += 32
            }
        } catch {
            entries.append(.rejected(error))
        }
    }

    private mutating func appendAddress(_ text: Span<UInt8>) throws(MemberRejection) {
        let start = addresses.count
        try Email.normalise(text, into: &addresses)
        let count = addresses.count - start
        let digest = Digest.sha256(addresses.span.extracting(start..<start + count))
        // An address has at most `Email.limit` bytes, and a frame at most 2^24.
        entries.append(.address(digest, start: UInt32(start), count: UInt8(count)))
        sizeLimit += max(32, count + 2)
    }

    /// The address of an entry of this list, where it is one.
    func email(of entry: Entry) -> Email? {
        guard case .address(let digest, let start, let count) = entry else { return nil }
        let range = Int(start)..<Int(start) + Int(count)
        return Email(normalised: Array(addresses[range]), digest: digest)
    }
}
