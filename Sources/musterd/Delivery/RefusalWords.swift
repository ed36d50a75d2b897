import FoundationEssentials
import MusterCore

extension ExchangeAnswer {
    /// The same where it does not repeat the token it was asked with: `Redaction` cannot know a short
    /// one for what it is.
    func without(_ token: Token?) -> ExchangeAnswer {
        guard let token else { return self }
        return ExchangeAnswer(
            status: status, retryAfter: retryAfter,
            requestId: requestId.map {
                String(decoding: token.struckOut(of: Array($0.utf8)), as: UTF8.self)
            },
            body: token.struckOut(of: body), isWhole: isWhole)
    }

    /// What an answer that is no success means; nil for a success.
    var refusal: TradeDesk.Refusal? {
        TradeDesk.Refusal(status: status, message: message)
    }

    /// TTD's own name of the request, as far as it may be kept.
    var keptRequestId: String? {
        requestId.map { id in
            // A header is ASCII; anything else could turn the line around that shows it.
            let seen = id.utf8.map { (0x20...0x7e).contains($0) ? $0 : UInt8(ascii: "?") }
            return String(Redaction.kept(of: seen).prefix(128))
        }
    }

    /// Who refused and how, what to do about it, what of the answer may be kept and TTD's name of
    /// the request.
    func words(of refusal: TradeDesk.Refusal, inUpload isUpload: Bool = false) -> String {
        let said = String(Redaction.kept(of: body, isWhole: isWhole).prefix(512))
        let parts = [isUpload ? nil : advice(refusal), said.isEmpty ? nil : said]
        return (isUpload ? "the storage answered \(status)" : "TTD answered \(status)")
            + parts.compactMap { $0.map { ": " + $0 } }.joined()
            + (keptRequestId.map { " (request \($0))" } ?? "")
    }

    private var message: String? {
        // An error body that is not TTD's JSON (S3 answers XML) has no message; the status decides
        // then.
        (try? JSONDecoder().decode(TradeDesk.ErrorAnswer.self, from: Data(body)))?.message
    }

    private func advice(_ refusal: TradeDesk.Refusal) -> String? {
        switch refusal {
        case .deadToken:
            "the token is bad or has expired; put a new one into the credential's file"
        case .noAccess: TradeDesk.Denial(message: message).remedy
        case .gone: "TTD has retired this call or a part of it; a newer version of Muster is needed"
        case .notFound: "there is no such thing; check advertiserId and the segment"
        case .throttled, .unavailable, .rejected: nil
        }
    }
}

extension CallFailure {
    /// The end of a call whose last answer was this refusal.
    init(_ refusal: TradeDesk.Refusal, _ words: String) {
        self =
            switch refusal {
            case .deadToken: .deadToken(words)
            case .noAccess: .unauthorized(words)
            case .throttled, .unavailable: .unavailable(words)
            case .notFound, .gone, .rejected: .rejected(words)
            }
    }
}
