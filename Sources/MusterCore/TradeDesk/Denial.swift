extension TradeDesk {
    /// Why TTD denied a call with 403 whose token is good, as far as its words tell.
    ///
    /// TTD publishes no list of these messages: they are told apart by the words that any of them
    /// has to hold, and one that holds none of them stays unknown.
    package enum Denial: CaseIterable, Sendable {
        /// The advertiser has no UID2 agreement.
        case uid2Agreement
        /// The advertiser has no EUID agreement.
        case euidAgreement
        /// CRM data management is not enabled for the advertiser.
        case crmDisabled
        /// The token's user has no access to what was named.
        case noAccess
        /// Something else; also said of what does not exist.
        case unknown
    }
}

extension TradeDesk.Denial {
    /// `message` is the answer's `Message`, if it could be read.
    package init(message: String?) {
        let words = (message ?? "").lowercased()
            .split { !$0.isLetter && !$0.isNumber }.map(String.init)
        func names(_ stems: String...) -> Bool {
            words.contains { word in stems.contains { word.hasPrefix($0) } }
        }
        let isAboutContract = names("agreement", "contract", "terms", "addendum", "sign")
        // EUID first: its agreement is a UID2 one in some texts, never the other way round.
        if isAboutContract && names("euid") {
            self = .euidAgreement
        } else if isAboutContract && names("uid2", "uid") {
            self = .uid2Agreement
        } else if names("crm") && names("enabled", "disabled", "activated", "feature", "onboard") {
            self = .crmDisabled
        } else if names("access", "permission", "permitted", "authorized", "rights") {
            self = .noAccess
        } else {
            self = .unknown
        }
    }

    /// What is missing, and what the operator can do.
    package var remedy: String {
        switch self {
        case .uid2Agreement:
            "the UID2 agreement is missing; have the advertiser sign it with TTD's account manager"
        case .euidAgreement:
            "the EUID agreement is missing; have the advertiser sign it with TTD's account manager"
        case .crmDisabled:
            "CRM data management is not enabled; have TTD's account manager enable it for the "
                + "advertiser"
        case .noAccess:
            "the token's user has no access; check advertiserId, and give the user rights to it"
        case .unknown:
            "TTD denies the call; it says so too of what does not exist: check advertiserId and "
                + "the segment"
        }
    }
}
