import Testing

@testable import MusterCore

@Suite struct MarkedDigestTests {
    @Test(arguments: Choice.allCases, [0, 1, 2, 1023, 1024, 30_000])
    func `sorting brings digests into order, and equal ones into that of their marks`(
        choice: Choice, count: Int
    ) {
        var random = Seeded(7)
        // About a third is named more than once.
        var people = (0..<count).map {
            MarkedDigest(
                choice.digest(Int.random(in: 0...count, using: &random)), mark: UInt32($0))
        }
        let expected = people.sorted()
        var spare: [MarkedDigest] = []
        people.sort(using: &spare)
        #expect(people == expected)
    }

    @Test func `memory that was lent for more is lent again for fewer`() {
        var spare: [MarkedDigest] = []
        for count in [5000, 2000, 4000] {
            var people = (0..<count).map { MarkedDigest(digest($0), mark: UInt32($0)) }
            let expected = people.sorted()
            people.sort(using: &spare)
            #expect(people == expected)
        }
    }
}
