import MusterCore
import Testing

@Suite struct `A block of people` {
    private let people = (1...9).map { Digest.sha256([$0]) }.sorted()

    @Test func `tells the first place that is not below a digest, from a place on`() {
        let block = PeopleBlock(people.filter { $0 != people[4] })
        #expect(people.map { block.place(of: $0, from: 0) } == [0, 1, 2, 3, 4, 4, 5, 6, 7])
        #expect(block.place(of: .zero, from: 3) == 3)
        #expect(block.place(of: Digest((.max, .max, .max, .max)), from: 3) == 8)
        #expect(PeopleBlock().place(of: people[0], from: 0) == 0)
    }

    @Test(arguments: [false, true])
    func `takes over people of another, with their addresses where there are any`(
        keepsAddresses: Bool
    ) {
        let all = people.map { Person(digest: $0, address: keepsAddresses ? $0.bytes : nil) }
        var other = PeopleBlock()
        for person in all { other.append(person) }
        var block = PeopleBlock()
        block.append(all[0])
        block.append(3..<3, of: other)
        block.append(5..<9, of: other)
        #expect((0..<block.count).map { block[$0] } == [all[0]] + all[5...])
        #expect(block.addresses.count == (keepsAddresses ? 5 : 0))
    }
}
