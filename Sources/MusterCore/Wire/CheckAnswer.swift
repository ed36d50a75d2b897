/// What one call to TTD proved of an audience, without sending anything.
package struct CheckAnswer: Sendable {
    /// How far a part was proven.
    package enum Part: String, CaseIterable, Sendable {
        case ok
        case refused
        case unknown
    }

    /// What is known of the segment that the audience sends to.
    package enum Finding: String, CaseIterable, Sendable {
        case found
        /// The whole list of segments was seen, and it is not there.
        case absent
        /// More than one has the name and the region.
        case several
        /// It is not on the first page of the list, and there are more.
        case unseen
        case unknown
    }

    package var token = Part.unknown
    package var advertiser = Part.unknown
    package var segment = Finding.unknown
    /// What is in the way, if anything.
    package var problem: CheckProblem?
    /// TTD's own name of the call.
    package var requestId: String?
    package var tokenDaysLeft: Int64?

    package init() {}

    /// The result of `instance.check`.
    package var json: JSON {
        [
            "token": .string(token.rawValue), "advertiser": .string(advertiser.rawValue),
            "segment": .string(segment.rawValue),
            "tokenDaysLeft": tokenDaysLeft.map { .integer($0) } ?? .null,
            "requestId": .text(requestId),
            "problem": problem?.json ?? .null,
        ]
    }
}

/// What keeps an audience from being sent, as far as a check can see.
package struct CheckProblem: Sendable {
    /// What is wrong, by the word of the protocol.
    package enum Kind: String, CaseIterable, Sendable {
        case credential
        case token
        case access
        case rejected
        case unreachable
        case unavailable
        case segment
    }

    package let kind: Kind
    /// Redacted words of what was found; empty where the kind says all.
    package let detail: String

    package init(_ kind: Kind, _ detail: String = "") {
        self.kind = kind
        self.detail = detail
    }

    var json: JSON {
        [
            "what": .string(kind.rawValue),
            "message": .string(kind.message + (detail.isEmpty ? "" : " (\(detail))")),
            "remedy": .string(kind.remedy),
        ]
    }
}

extension CheckProblem.Kind {
    /// What it means.
    package var message: String {
        switch self {
        case .credential: "The credential cannot be used."
        case .token: "TTD does not take the token."
        case .access: "TTD takes the token, and refuses it this advertiser."
        case .rejected: "TTD refused what was asked."
        case .unreachable: "TTD cannot be reached."
        case .unavailable: "TTD does not answer such calls now."
        case .segment: "The segment is not there, or not the only one."
        }
    }

    /// What to do about it.
    package var remedy: String {
        switch self {
        case .credential, .token:
            "Put a valid token into the credential's file and restart the service."
        case .access:
            "Ask TTD to give the token's user this advertiser and first-party data; check "
                + "advertiserId."
        case .rejected: "Check advertiserId; the message tells what TTD objects to."
        case .unreachable:
            "Check the network, the proxy, the endpoint in the credential's file and, for a private "
                + "authority, --endpoint-ca."
        case .unavailable: "Try again after some minutes."
        case .segment: "Name the segment by externalAudienceId, or configure a new instance."
        }
    }
}
