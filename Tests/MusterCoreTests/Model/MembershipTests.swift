import MusterCore
import Testing

@Suite struct MembershipTests {
    @Test(arguments: Choice.allCases) func `it does what a set does, in order`(choice: Choice) {
        var random = Seeded(1)
        let people = (0..<8_000).map(choice.digest)
        var members = Membership(keepsAddresses: true)
        var model: Set<Digest> = []
        var disagreements = 0
        // Growing, then shrinking: one part in four of what is done goes the other way.
        for step in 0..<24_000 {
            let person = people[Int(random.next() % 8_000)]
            if (step < 16_000) == (random.next() & 3 > 0) {
                let came = members.insert(person, address: person.bytes)
                if came != model.insert(person).inserted { disagreements += 1 }
            } else if members.remove(person) != (model.remove(person) != nil) {
                disagreements += 1
            }
        }
        #expect(disagreements == 0)
        #expect(members.count == model.count)
        #expect(inOrder(members) == model.sorted())
        #expect(people.allSatisfy { members.contains($0) == model.contains($0) })
        let addresses = people.map { members.address(of: $0) }
        #expect(addresses == people.map { model.contains($0) ? $0.bytes : nil })
    }

    @Test(arguments: Choice.allCases) func `digests that a client chose are kept like any others`(
        choice: Choice
    ) {
        var members = Membership(keepsAddresses: false)
        let count = 30_000
        let came = (0..<count).count { members.insert(choice.digest($0)) }
        #expect(came == count)
        #expect(members.count == count)
        let all = inOrder(members)
        #expect(all.count == count)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0 < $1 })
        let left = all.count { members.remove($0) }
        #expect(left == count)
        #expect(members.count == 0)
    }

    @Test func `people that come in order are found, removed and joined by others`() {
        var members = Membership(keepsAddresses: false)
        let people = (0..<30_000).map(digest).sorted()
        let came = people.count { members.insert($0) }
        let others = (30_000..<45_000).map(digest)
        let joined = others.count { members.insert($0) }
        let left = people.count { members.remove($0) }
        #expect(came == 30_000)
        #expect(joined == 15_000)
        #expect(left == 30_000)
        #expect(inOrder(members) == others.sorted())
    }

    @Test(arguments: Choice.allCases, [false, true])
    func `people taken in by the block are those taken in one by one`(
        choice: Choice, keepsAddresses: Bool
    ) {
        let people = (1...20_000).map(choice.digest).sorted()
        var members = Membership(keepsAddresses: keepsAddresses)
        var model = Membership(keepsAddresses: keepsAddresses)
        var start = 0
        // A shard ends within a block, with one, and with several that are small.
        for size in [1, 4095, 1, 7000, 500, 500, 7000, 903] {
            var block = PeopleBlock()
            for person in people[start..<start + size] {
                let address = keepsAddresses ? person.bytes : nil
                block.append(Person(digest: person, address: address))
                _ = model.insert(person, address: address)
            }
            members.append(block)
            start += size
        }
        for person in people[..<100] + people[9000..<19_000] {
            let left = [members.remove(person), model.remove(person)]
            #expect(left == [true, true])
        }
        for number in 20_001...26_000 {
            let person = choice.digest(number)
            let came = [members.insert(person), model.insert(person)]
            #expect(came == [true, true])
        }
        #expect(start == people.count && members.count == model.count)
        #expect(inOrder(members) == inOrder(model))
        #expect(people.allSatisfy { members.address(of: $0) == model.address(of: $0) })
    }

    @Test func `a copy and its original change apart`() {
        var original = Membership(keepsAddresses: false)
        for number in 0..<10_000 { _ = original.insert(digest(number)) }
        let before = inOrder(original)
        var copy = original
        for number in 0..<5_000 { _ = copy.remove(digest(number)) }
        for number in 10_000..<20_000 { _ = copy.insert(digest(number)) }
        #expect(inOrder(original) == before)
        _ = original.remove(digest(9_999))
        #expect(copy.contains(digest(9_999)))
        #expect(copy.count == 15_000)
    }

    @Test func `the digest of erased people is never a member`() {
        var members = Membership(keepsAddresses: false)
        for number in 0..<2_000 { _ = members.insert(digest(number)) }
        let (came, left) = (members.insert(.zero), members.remove(.zero))
        #expect(!came)
        #expect(!left)
        #expect(!members.contains(.zero))
        #expect(members.count == 2_000)
    }

    @Test func `an address stays beside its digest`() throws {
        var members = Membership(keepsAddresses: true)
        let emails = try (0..<20_000).map { try Email("person\($0)@example.com".utf8) }
        let came = emails.count { members.insert($0.digest, address: $0.bytes) }
        let left = emails.prefix(13_000).count { members.remove($0.digest) }
        let cameAgain = emails.prefix(1_000).count { members.insert($0.digest, address: $0.bytes) }
        #expect(came == 20_000)
        #expect(left == 13_000)
        #expect(cameAgain == 1_000)
        var right = 0
        members.forEach { digest, address in
            if Digest.sha256(address ?? []) == digest { right += 1 }
        }
        #expect(right == 8_000)
        #expect(members.address(of: emails[0].digest) == emails[0].bytes)
        #expect(members.address(of: emails[5_000].digest) == nil)
    }

    @Test func `where addresses are not kept none is shown`() throws {
        var members = Membership(keepsAddresses: false)
        let email = try Email("jane@example.com".utf8)
        _ = members.insert(email.digest, address: email.bytes)
        #expect(members.contains(email.digest))
        #expect(members.address(of: email.digest) == nil)
        members.forEach { _, address in #expect(address == nil) }
    }

    @Test(arguments: Choice.allCases)
    func `one after the other they are those of the whole walk, from any copy`(choice: Choice) {
        var members = Membership(keepsAddresses: true)
        for number in 1...9000 {
            let address = number % 3 == 0 ? nil : Array("person\(number)".utf8)
            _ = members.insert(choice.digest(number), address: address)
        }
        var whole: [Person] = []
        members.forEach { whole.append(Person(digest: $0, address: $1)) }
        var people = members.people
        for person in whole.prefix(4000) where people.next() != person {
            Issue.record("another person")
        }
        var copy = people
        for person in whole.dropFirst(4000) where people.next() != person {
            Issue.record("another person")
        }
        let ends = [people.next(), people.next()]
        #expect(ends == [nil, nil])
        let next = copy.next()
        #expect(next == whole[4000])
        #expect(whole.count == members.count)
    }

    @Test func `the difference of two sets counts both ways`() {
        var earlier = Membership(keepsAddresses: false)
        var later = Membership(keepsAddresses: false)
        for number in 0..<3000 { _ = earlier.insert(digest(number)) }
        for number in 1000..<5000 { _ = later.insert(digest(number)) }
        let (added, removed) = later.difference(from: earlier)
        #expect(added == 2000)
        #expect(removed == 1000)
    }
}

/// Everyone, as a set gives them.
func inOrder(_ members: Membership) -> [Digest] {
    var all: [Digest] = []
    members.forEach { digest, _ in all.append(digest) }
    return all
}

/// How a client may choose the digests of its members.
enum Choice: CaseIterable {
    case hashes
    case counting
    case countingDown
    /// 24 bytes are the same.
    case equalPrefix
    case countingBehindAPrefix
    /// The smaller, the denser.
    case crowdedAtTheStart
    /// Many at each of few places.
    case comb
    case halfAtOnePlace

    func digest(_ number: Int) -> Digest {
        var random = Seeded(UInt64(number) &* 0x9e37_79b9_7f4a_7c15)
        let (word, other) = (random.next(), UInt64(number))
        return switch self {
        case .hashes: Digest((word, random.next(), random.next(), other))
        case .counting: Digest((other, 0, 0, 1))
        case .countingDown: Digest((.max - other, 0, 0, 1))
        case .equalPrefix: Digest((7, 7, 7, word))
        case .countingBehindAPrefix: Digest((7, 7, 7, other))
        case .crowdedAtTheStart: Digest((word >> (word & 63), word, 0, other))
        case .comb: Digest((word & 0xfff0_0000_0000_0000, word, 0, other))
        case .halfAtOnePlace:
            number % 2 == 0 ? Digest((word, 0, 0, 1)) : Digest((1 << 63, word, 0, 1))
        }
    }
}
