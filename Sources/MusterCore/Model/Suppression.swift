import Crypto

/// The key under which people who are to be kept out are remembered.
///
/// It lies beside the log and is of no use without it: an HMAC-SHA-256 (RFC 2104) of a person's
/// digest tells whether somebody who comes is one of them, and nobody who that is.
package struct SuppressionKey: Sendable {
    /// The length of a key in bytes.
    package static let size = 32
    private let key: SymmetricKey

    /// Nil unless there are exactly 32 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        key = SymmetricKey(data: bytes)
    }

    /// How the log remembers the person of this digest.
    package func mark(of person: Digest) -> Digest {
        let code = HMAC<SHA256>.authenticationCode(for: person.bytes, using: key)
        return Digest(bytes: Array(code)) ?? .zero
    }
}

/// Somebody who is kept out of one audience, or of all.
package struct Suppression: Hashable, Sendable {
    /// Nil for all audiences.
    package let instance: InstanceNumber?
    /// The HMAC of the person's digest.
    package let mark: Digest

    package init(instance: InstanceNumber?, mark: Digest) {
        self.instance = instance
        self.mark = mark
    }
}

extension Suppression: Comparable {
    /// Those of all audiences come first; no audience has the number 0.
    package static func < (left: Suppression, right: Suppression) -> Bool {
        (left.instance ?? 0, left.mark) < (right.instance ?? 0, right.mark)
    }
}

/// People are kept out from here on, or are no longer.
package struct SuppressionChanged: Hashable, Sendable {
    /// The most people of one event, so that it fits a record; more take further events.
    package static let limit = 1500

    package let isLifted: Bool
    package let people: [Suppression]

    package init(isLifted: Bool, people: [Suppression]) {
        self.isLifted = isLifted
        self.people = people
    }
}

/// Tells who is kept out of an audience.
struct Suppressor {
    private let people: Set<Suppression>
    private let instance: InstanceNumber
    private let key: SuppressionKey?

    init(_ people: Set<Suppression>, _ instance: InstanceNumber, _ key: SuppressionKey?) {
        self.people = people
        self.instance = instance
        self.key = key
    }

    func keepsOut(_ person: Digest) -> Bool {
        guard !people.isEmpty, let key else { return false }
        let mark = key.mark(of: person)
        return people.contains(Suppression(instance: nil, mark: mark))
            || people.contains(Suppression(instance: instance, mark: mark))
    }
}
