import MusterCore
import Testing

@Suite struct MembershipTests {
    @Test(arguments: 0..<8) func `it does what a set does, in order`(seed: Int) {
        var random = Seeded(UInt64(seed))
        var members = Membership(keepsAddresses: false)
        var model: Set<Digest> = []
        for _ in 0..<20_000 {
            let person = digest(Int.random(in: 0..<6000, using: &random))
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                let (left, expected) = (members.remove(person), model.remove(person) != nil)
                #expect(left == expected)
            case 1: #expect(members.contains(person) == model.contains(person))
            default:
                let (came, expected) = (members.insert(person), model.insert(person).inserted)
                #expect(came == expected)
            }
        }
        #expect(members.count == model.count)
        #expect(inOrder(members) == model.sorted())
    }

    @Test(arguments: [0, 1, 2]) func `digests that a client chose are kept like any others`(
        kind: Int
    ) {
        var members = Membership(keepsAddresses: false)
        let count = 200_000
        for number in 0..<count {
            let bits = UInt64(kind == 1 ? count - number : number)
            let came = members.insert(Digest(kind == 2 ? (7, 7, 7, bits) : (bits, 0, 0, 1)))
            #expect(came)
        }
        #expect(members.count == count)
        let all = inOrder(members)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0 < $1 })
        let left = all.count { members.remove($0) }
        #expect(left == count)
        #expect(members.count == 0)
        let cameAgain = members.insert(digest(1))
        #expect(cameAgain)
    }

    @Test func `an address stays beside its digest`() throws {
        var members = Membership(keepsAddresses: true)
        let emails = try (0..<2000).map { try Email("person\($0)@example.com".utf8) }
        let came = emails.count { members.insert($0.digest, address: $0.bytes) }
        let left = emails.prefix(700).count { members.remove($0.digest) }
        #expect(came == 2000)
        #expect(left == 700)
        members.forEach { digest, address in
            #expect(Digest.sha256(address ?? []) == digest)
        }
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

    private func inOrder(_ members: Membership) -> [Digest] {
        var all: [Digest] = []
        members.forEach { digest, _ in all.append(digest) }
        return all
    }
}
