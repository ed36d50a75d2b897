import Testing

@testable import MusterCore

@Suite struct Halving {
    @Test(arguments: [0..<0, 0..<1, 5..<6, 3..<10, 0..<16], -1...17)
    func `finds the first place that is reached, or the end`(range: Range<Int>, first: Int) {
        let found = range.firstPlace { $0 >= first }
        #expect(found == (range.first { $0 >= first } ?? range.upperBound))
    }

    @Test(arguments: [100, 101, 333_433, 777_777, 1_000_099])
    func `looks at no place outside, and at few`(first: Int) {
        var looked: [Int] = []
        let range = 100..<1_000_100
        let found = range.firstPlace {
            looked.append($0)
            return $0 >= first
        }
        #expect(found == first)
        #expect(looked.allSatisfy(range.contains))
        #expect(looked.count <= 20)
    }
}
