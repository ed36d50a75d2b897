import MusterCore
import Testing

@testable import musterd

@Suite struct SaltsTests {
    @Test func `no salt is given twice, and each of its numbers varies`() {
        var salts = Salts()
        let given = (0..<1000).map { _ in salts.next() }
        #expect(Set(given.map(\.first)).count == 1000)
        #expect(Set(given.map(\.second)).count == 1000)
    }
}
