/// A remark beside an answer that was given all the same.
package struct Warning: Hashable, Sendable {
    package let name: String
    package let message: String

    package init(name: String, message: String) {
        self.name = name
        self.message = message
    }

    var json: JSON { ["name": .string(name), "message": .string(message)] }
}

/// One answer of the server, as the body of a frame.
package enum Reply {
    /// The answer to a query, true at `position`.
    package static func answer(
        _ id: RequestID, _ result: JSON, position: Position, version: UInt64? = nil
    ) -> JSON {
        reply(id, result, position: position, version: version)
    }

    /// One reply of a stream, with more to come.
    package static func continued(_ id: RequestID, _ result: JSON, position: Position) -> JSON {
        reply(id, result, position: position, version: nil, [("continues", true)])
    }

    /// The answer to a command whose last event stands at `position`.
    package static func done(
        _ id: RequestID, _ result: JSON, position: Position, version: UInt64?, replayed: Bool,
        warnings: [Warning] = [], continues: Bool = false
    ) -> JSON {
        var extra: [(name: String, value: JSON)] = []
        if replayed { extra.append(("replayed", true)) }
        if !warnings.isEmpty { extra.append(("warnings", .array(warnings.map(\.json)))) }
        if continues { extra.append(("continues", true)) }
        return reply(id, result, position: position, version: version, extra)
    }

    private static func reply(
        _ id: RequestID, _ result: JSON, position: Position, version: UInt64?,
        _ extra: [(name: String, value: JSON)] = []
    ) -> JSON {
        var members: [(name: String, value: JSON)] = []
        members.reserveCapacity(4 + extra.count)
        members.append(("id", id.json))
        members.append(("result", result))
        members.append(("position", .integer(Int64(position))))
        if let version { members.append(("version", .integer(Int64(version)))) }
        members += extra
        return .object(JSONObject(distinct: members))
    }

    /// A refusal; nothing was applied, unless it ends the stream of a command that was.
    package static func refusal(
        _ id: RequestID?, _ rejection: Rejection, wasApplied: Bool = false
    ) -> JSON {
        let classification = rejection.classification
        let error: JSON = [
            "name": .string(classification.name), "kind": .string(classification.kind),
            "message": .string(rejection.message), "details": rejection.details,
            "retryable": .bool(classification.isRetryable),
            "applied": wasApplied ? "yes" : "no",
            "remedy": .string(rejection.remedy),
        ]
        return ["id": id?.json ?? .null, "error": error]
    }
}

extension Rejection {
    /// The parts of the refusal that a program may act on.
    var details: JSON {
        switch self {
        case .frameInvalid(let first):
            ["first": .string(first.map { hexByte($0) }.joined())]
        case .frameTooLarge(let length, let limit):
            ["length": .integer(Int64(length)), "limit": .integer(Int64(limit))]
        case .requestInvalid(let pointer, let rule), .paramsInvalid(let pointer, let rule),
            .instanceImmutable(let pointer, let rule):
            ["pointer": .string(pointer), "rule": .string(rule)]
        case .protocolUnsupported: ["min": 1, "max": 1]
        case .accessDenied(let denial):
            [
                "socket": .string(denial.door.rawValue),
                "groups": .array(denial.groups.map { .string($0) }),
            ]
        case .serverBusy(let limit):
            ["limit": .string(limit.rawValue), "value": .integer(Int64(limit.count))]
        case .memberInvalid(let reason): ["reason": .string(reason.rawValue)]
        case .membersInvalid(let rejected):
            ["rejected": rejected.json, "rejectedCount": .integer(Int64(rejected.count))]
        case .versionConflict(let expected, let actual),
            .syncCountChanged(let expected, let actual),
            .instanceCountChanged(let expected, let actual):
            ["expected": .integer(Int64(expected)), "actual": .integer(Int64(actual))]
        case .segmentTaken(let other): ["instance": .string(other.text)]
        case .instanceLimit(let limit): ["limit": .integer(Int64(limit))]
        case .syncRunning(let run), .syncNotHeld(let run): ["run": .integer(Int64(run))]
        case .streamLagged(let position): ["resumeFrom": .integer(Int64(position))]
        case .syncTooSoon(let seconds): ["secondsLeft": .integer(seconds)]
        case .methodUnknown, .instanceUnknown, .runUnknown, .commandIdReused, .serverStopping,
            .logFull, .deadlineExceeded, .unavailable:
            [:]
        }
    }
}

extension RejectedMembers {
    /// The listed rows, each an index and a reason.
    var json: JSON {
        .array(
            rows.map {
                ["index": .integer(Int64($0.index)), "reason": .string($0.reason.rawValue)]
            }
        )
    }
}

func hexByte(_ byte: UInt8) -> String {
    let digits = Array("0123456789abcdef")
    return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
}
