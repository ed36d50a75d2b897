extension TradeDesk {
    /// How TTD says, with a 403, that the token is bad or has run out.
    package static let deadTokenMessage =
        "The supplied auth token is not valid or has expired. "
        + "Please obtain a new token via the Authentication API."

    /// What an answer outside 200 to 299 means for the run.
    package enum Refusal: Equatable, Sendable {
        /// The token is bad or has expired; every call with it will fail.
        case deadToken
        /// 403 for any other reason: no right to it, or no such thing.
        case noAccess
        /// 404.
        case notFound
        /// 410: TTD has retired the call or a property in it.
        case gone
        /// 429: not carried out; to be asked again after `RetryAfter`.
        case throttled
        /// 5xx: may have been carried out; to be asked again after `Backoff`.
        case unavailable
        /// 400, 409 and whatever else: asking again would be refused again.
        case rejected
    }
}

extension TradeDesk.Refusal {
    /// Nil for a success; `message` is the answer's `Message`, if it could be read, and is asked for
    /// only where it decides.
    package init?(status: Int, message: @autoclosure () -> String?) {
        switch status {
        case 200...299: return nil
        case 401: self = .deadToken
        case 403: self = Self.saysTokenIsDead(message()) ? .deadToken : .noAccess
        case 404: self = .notFound
        case 410: self = .gone
        case 429: self = .throttled
        case 500...599: self = .unavailable
        default: self = .rejected
        }
    }

    /// Whether the same call may succeed later.
    package var mayPass: Bool {
        self == .throttled || self == .unavailable
    }

    // The first sentence decides: the advice after it may be reworded.
    private static func saysTokenIsDead(_ message: String?) -> Bool {
        message?.hasPrefix("The supplied auth token is not valid or has expired") ?? false
    }
}

extension TradeDesk {
    /// The body of a refusal, with whatever of it could be read.
    package struct ErrorAnswer: Codable, Equatable, Sendable {
        package var message: String?
        package var details: [ErrorDetail]

        package init(message: String?, details: [ErrorDetail] = []) {
            self.message = message
            self.details = details
        }

        package init(from decoder: any Decoder) throws {
            let object = try decoder.container(keyedBy: CodingKeys.self)
            // The status has already said that it is an error: a body that differs only says less.
            message = try? object.decode(String.self, forKey: .message)
            details = (try? object.decode([ErrorDetail].self, forKey: .details)) ?? []
        }

        package func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: CodingKeys.self)
            try object.encode(message, forKey: .message)
            if !details.isEmpty { try object.encode(details, forKey: .details) }
        }

        private enum CodingKeys: String, CodingKey {
            case message = "Message"
            case details = "ErrorDetails"
        }
    }

    /// What is wrong with one property of a request.
    package struct ErrorDetail: Codable, Equatable, Sendable {
        package var property: String
        package var reasons: [String]

        package init(property: String, reasons: [String]) {
            self.property = property
            self.reasons = reasons
        }

        private enum CodingKeys: String, CodingKey {
            case property = "Property"
            case reasons = "Reasons"
        }
    }
}
