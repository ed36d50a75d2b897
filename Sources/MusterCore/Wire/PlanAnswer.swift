extension SyncFrozen {
    /// The result of `sync.plan`: what a run would send now, in counts, and which guard would stop
    /// it.
    package func plan(lastSuccess: RunID?, stop: GuardStop?) -> JSON {
        [
            "position": .integer(Int64(position)), "count": .integer(Int64(count)),
            "digest": .string(digest.hex), "bytes": .integer(Int64(bytes)),
            "added": .integer(Int64(added)), "removed": .integer(Int64(removed)),
            "lastSuccess": .count(lastSuccess), "stop": stop?.json ?? .null,
        ]
    }
}

extension GuardStop {
    fileprivate var json: JSON {
        switch self {
        case .skip(let reason, let remoteStale):
            [
                "state": "skipped", "reason": .string(reason.word),
                "message": .string(reason.message), "remedy": .string(reason.remedy),
                "remoteStale": .bool(remoteStale),
            ]
        case .hold(let reason, let detail):
            [
                "state": "held", "reason": .string(reason.word),
                "message": .string(
                    detail.isEmpty ? reason.message : reason.message + " (\(detail))"),
                "remedy": .string(reason.remedy),
            ]
        }
    }
}
