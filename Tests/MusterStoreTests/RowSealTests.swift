import Testing

@testable import MusterStore

@Suite struct `The seal of a list` {
    private let rows = [UInt8](repeating: 65, count: 70_000)

    @Test func `knows rows again in their place`() {
        let seal = RowSeal()
        #expect(seal.tag(of: rows, number: 3) == seal.tag(of: rows, number: 3))
        #expect(seal.tag(of: rows, number: 3).count == 16)
    }

    @Test func `does not take them for those of another place or list`() {
        let seal = RowSeal()
        #expect(seal.tag(of: rows, number: 3) != seal.tag(of: rows, number: 4))
        #expect(seal.tag(of: rows, number: 3) != RowSeal().tag(of: rows, number: 3))
    }

    @Test(arguments: [0, 1, 35_000, 69_999])
    func `sees one other bit`(place: Int) {
        let seal = RowSeal()
        var other = rows
        other[place] ^= 1
        #expect(seal.tag(of: rows, number: 0) != seal.tag(of: other, number: 0))
    }

    @Test func `sees rows that are missing`() {
        let seal = RowSeal()
        #expect(seal.tag(of: rows, number: 0) != seal.tag(of: Array(rows.dropLast()), number: 0))
    }
}
