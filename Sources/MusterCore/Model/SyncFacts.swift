/// TTD's segment for an instance is known from here on.
package struct SegmentResolved: Hashable, Sendable {
    package let run: RunID
    package let segment: Segment

    package init(run: RunID, segment: Segment) {
        self.run = run
        self.segment = segment
    }
}

/// A segment at TTD: the id uploads go to, and the number media traders use.
package struct Segment: Hashable, Sendable {
    package let crmDataId: String
    package let firstPartyDataId: String?
    package let origin: SegmentOrigin

    package init(crmDataId: String, firstPartyDataId: String?, origin: SegmentOrigin) {
        self.crmDataId = crmDataId
        self.firstPartyDataId = firstPartyDataId
        self.origin = origin
    }
}

/// How the segment came to be used; what stood in one that we did not create is unknown.
package enum SegmentOrigin: UInt8, CaseIterable, Sendable {
    case created = 1
    case given = 2
    case found = 3
}

/// TTD's storage took the whole list.
package struct Uploaded: Hashable, Sendable {
    package let run: RunID
    package let status: UInt16
    package let bytes: UInt64
    /// TTD's own name of the request that opened the drop, where it gave one.
    package let requestId: String?

    package init(run: RunID, status: UInt16, bytes: UInt64, requestId: String?) {
        self.run = run
        self.status = status
        self.bytes = bytes
        self.requestId = requestId
    }
}

/// A run ended because a person, or a new credential, is needed.
package struct SyncHeld: Hashable, Sendable {
    package let run: RunID
    package let reason: HoldReason
    /// Redacted words of what was found; empty when the reason says all.
    package let detail: String
    /// The first 4 bytes of the SHA-256 of the token that was refused; another token releases the
    /// hold.
    package let tokenFingerprint: UInt32?

    package init(run: RunID, reason: HoldReason, detail: String, tokenFingerprint: UInt32? = nil) {
        self.run = run
        self.reason = reason
        self.detail = detail
        self.tokenFingerprint = tokenFingerprint
    }
}

/// Why a run was held.
package enum HoldReason: UInt8, CaseIterable, Sendable {
    case shrink = 1
    case growth = 2
    case firstReplace = 3
    case duplicateSegment = 4
    case credential = 5
    case tooLarge = 6
    /// The log was put back from a copy, so TTD may hold a newer list than the log knows.
    case restored = 7
}

/// Why a run was skipped.
package enum SkipReason: UInt8, CaseIterable, Sendable {
    case empty = 1
    case belowMinimum = 2
    case disabled = 3
}

/// Why a run failed.
package enum FailureClass: UInt8, CaseIterable, Sendable {
    /// TTD refused what was asked; trying again gives the same.
    case rejected = 1
    case unauthorized = 2
    /// TTD could not be reached or did not answer in time; tried again each hour.
    case unavailable = 3
    case stale = 4
    case erased = 5
    /// The list rebuilt at its position was not the list that was frozen.
    case determinism = 6
}

/// What TTD said of a drop when asked later; its fields are not public, so it is only kept.
package struct DropStatusSeen: Hashable, Sendable {
    package let run: RunID
    package let status: UInt16
    /// At most 4 KiB, redacted.
    package let answer: String

    package init(run: RunID, status: UInt16, answer: String) {
        self.run = run
        self.status = status
        self.answer = answer
    }
}

/// Recovery cut an unfinished commit off the log's end.
package struct TailRepaired: Hashable, Sendable {
    package let segment: UInt64
    package let offset: UInt64
    package let bytes: UInt64
    /// SHA-256 of what was cut.
    package let digest: Digest

    package init(segment: UInt64, offset: UInt64, bytes: UInt64, digest: Digest) {
        self.segment = segment
        self.offset = offset
        self.bytes = bytes
        self.digest = digest
    }
}

/// The log was put back from a copy: what the directory told before may have gone further.
package struct LogAdopted: Hashable, Sendable {
    /// The id that clients see from here on.
    package let log: LogID
    /// Up to where MARK or a snapshot said that the log had been durable; 0 where nothing did.
    package let durable: Position

    package init(log: LogID, durable: Position) {
        self.log = log
        self.durable = durable
    }
}
