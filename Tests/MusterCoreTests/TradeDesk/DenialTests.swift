import MusterCore
import Testing

@Suite struct DenialTests {
    @Test(
        arguments: [
            ("The advertiser has not signed the UID2 agreement.", .uid2Agreement),
            ("A UID2 (CRM onboarding) Agreement is required.", .uid2Agreement),
            ("Please accept the EUID terms first.", .euidAgreement),
            ("An EUID agreement (or UID2 agreement) is required.", .euidAgreement),
            ("CRM data management is not enabled for advertiser abc.", .crmDisabled),
            ("The CRM Data feature is missing.", .crmDisabled),
            ("You have no access to advertiser x.", .noAccess),
            ("User does not have permission to view the entity.", .noAccess),
            ("You are not authorized to do this.", .noAccess),
            ("Assigned quota exceeded", .unknown), ("Forbidden", .unknown), ("", .unknown),
            (nil, .unknown),
        ] as [(String?, TradeDesk.Denial)])
    func `the words of a 403 say what is missing, and others stay unknown`(
        message: String?, denial: TradeDesk.Denial
    ) {
        #expect(TradeDesk.Denial(message: message) == denial)
    }

    @Test func `each has a remedy of its own`() {
        let remedies = TradeDesk.Denial.allCases.map(\.remedy)
        #expect(Set(remedies).count == TradeDesk.Denial.allCases.count)
    }
}
