import MusterCore

/// Finds the segment of a target at TTD, or creates it; names may repeat there, so creation is
/// never guessed at.
struct SegmentSearch: Sendable {
    enum Result: Sendable {
        case segment(Segment)
        case several(Int)
        case missing
    }

    let calls: APICalls
    let target: Target
    let token: Token

    /// After a creation whose answer was lost, this long passes before the list is believed.
    private static let settling = Duration.seconds(60)
    private static let creations = 3

    /// Finds or creates; `intend` makes the intention durable before each creation.
    func find(intendedAt: Timestamp?, intend: @Sendable () async throws -> Void) async throws
        -> Result
    {
        if let id = target.externalAudienceId { return try await given(id) }
        if let intendedAt {
            try await waitOut(since: intendedAt)
            if let result = try await created() { return result }
        } else if let result = try await named(origin: .found) {
            return result
        }
        for number in 0..<Self.creations {
            try await intend()
            do {
                let segment = try await calls.createSegment(target, token: token)
                return .segment(segment)
            } catch CallFailure.lost {
                try await calls.clock.sleep(for: APICalls.timeout + Self.settling)
                if let result = try await created() { return result }
            } catch CallFailure.unavailable {
                try await calls.clock.sleep(
                    for: Backoff.delay(attempt: number, random: Randomness.number()))
                if let result = try await named(origin: .created) { return result }
            }
        }
        throw CallFailure.unavailable("the segment could not be created")
    }

    /// Lists twice, a minute apart: a segment that was just created may not be listed at once.
    private func created() async throws -> Result? {
        if let result = try await named(origin: .created) { return result }
        try await calls.clock.sleep(for: Self.settling)
        return try await named(origin: .created)
    }

    private func waitOut(since intendedAt: Timestamp) async throws {
        let elapsed = calls.clock.now().seconds(since: intendedAt)
        let wait = APICalls.timeout.components.seconds + Self.settling.components.seconds - elapsed
        if wait > 0 { try await calls.clock.sleep(for: .seconds(wait)) }
    }

    private func given(_ id: String) async throws -> Result {
        let entry = try await calls.segments(target, token: token).first { $0.crmDataID == id }
        return entry.map { .segment($0.segment(.given)) } ?? .missing
    }

    private func named(origin: SegmentOrigin) async throws -> Result? {
        let matches = try await calls.segments(target, token: token).filter { entry in
            entry.segmentName.utf8.elementsEqual(target.audienceName.utf8)
                && entry.region == target.region.text
        }
        guard matches.count <= 1 else { return .several(matches.count) }
        return matches.first.map { .segment($0.segment(origin)) }
    }
}

extension TradeDesk.SegmentEntry {
    fileprivate func segment(_ origin: SegmentOrigin) -> Segment {
        Segment(
            crmDataId: crmDataID, firstPartyDataId: firstPartyDataID.map { "\($0)" }, origin: origin
        )
    }
}
