import MusterCore
import Testing

@Suite struct RetryBudgetTests {
    @Test func `the reserve may be spent, and no more`() {
        var budget = RetryBudget()
        #expect((0..<40).count { _ in budget.spend() } == RetryBudget.reserve)
    }

    @Test(arguments: [(9, 0), (10, 1), (25, 2), (10_000, RetryBudget.reserve)])
    func `ten answered calls earn one more, up to the reserve`(answered: Int, retries: Int) {
        var budget = RetryBudget()
        while budget.spend() {}
        for _ in 0..<answered { budget.answered() }
        #expect((0..<40).count { _ in budget.spend() } == retries)
    }
}
