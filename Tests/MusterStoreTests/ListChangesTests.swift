import MusterCore
import Testing

@testable import MusterStore
@testable import log_faults

private func person(_ number: Int) -> Email {
    Email(stored: Array("someone\(number)@example.com".utf8))
}

private func change(of numbers: [Int], isIn: Bool, withAddresses: Bool) -> Fact {
    let people = numbers.map(person)
    let identities = withAddresses ? Identities.addresses(people) : .digests(people.map(\.digest))
    let change = MembersChanged(instance: 1, identities: identities, unchanged: 0)
    return isIn ? .membersAdded(change) : .membersRemoved(change)
}

extension ListChanges {
    /// The last word on each, in order.
    fileprivate func all() throws -> [ListChange] {
        var merged = MergedChanges(runs)
        var found: [ListChange] = []
        while let change = try merged.next() { found.append(change) }
        return found
    }
}

@Suite struct `The changes to a list` {
    /// Random changes, and the last word on each person.
    private func history(
        seed: UInt64, withAddresses: Bool
    ) -> (facts: [Fact], model: [Digest: Bool]) {
        var random = Random(seed: seed)
        var model: [Digest: Bool] = [:]
        let facts = (0..<60).map { _ in
            let numbers = (0..<1 + Int(random.next() % 20)).map { _ in Int(random.next() % 300) }
            let isIn = random.next() & 3 != 0
            for number in numbers { model[person(number).digest] = isIn }
            return change(of: numbers, isIn: isIn, withAddresses: withAddresses)
        }
        return (facts, model)
    }

    private func expect(_ changes: ListChanges, are model: [Digest: Bool]) throws {
        let found = try changes.all()
        #expect(found.map(\.digest) == model.keys.sorted())
        #expect(found.allSatisfy { ($0.person != nil) == model[$0.digest] })
        let addressed = found.compactMap(\.person).filter { $0.address != nil }
        #expect(addressed.allSatisfy { Digest.sha256($0.address ?? []) == $0.digest })
        #expect(addressed.isEmpty == !changes.keepsAddresses)
        // Another walk begins anew.
        #expect(try changes.all().count == found.count)
    }

    @Test(arguments: 0..<10 as Range<UInt64>, [true, false])
    func `is the last word on each, in however many runs they stand`(
        seed: UInt64, withAddresses: Bool
    ) throws {
        let (facts, model) = history(seed: seed, withAddresses: withAddresses)
        var changes = ListChanges(toListWithAddresses: withAddresses)
        for (number, fact) in facts.enumerated() {
            changes.apply(fact)
            if UInt64(number) % (seed + 1) == 0 { changes.settle() }
        }
        changes.settle()
        try expect(changes, are: model)
    }

    @Test(arguments: 0..<10 as Range<UInt64>, [true, false])
    func `is the same from a file, whose name is gone`(
        seed: UInt64, withAddresses: Bool
    ) throws {
        let (facts, model) = history(seed: seed, withAddresses: withAddresses)
        let disk = SimulatedDisk(seed: seed)
        try disk.makeDirectory("snapshots")
        let file = try ChangeFile("snapshots/changes", on: disk)
        #expect(try disk.names(in: "snapshots") == [])
        var all = ChangesOfLists([withAddresses], file, limit: 10 * Int(seed + 1))
        for fact in facts { all.apply(fact) }
        let changes = try all.finish()
        #expect(changes[0].runs.count > 1)
        #expect(changes[0].runs.allSatisfy { $0.came.isStored || $0.came.count == 0 })
        try expect(changes[0], are: model)
    }

    @Test func `many people are read from a file piece by piece`() throws {
        let disk = SimulatedDisk(seed: 1)
        let file = try ChangeFile("changes", on: disk)
        var changes = ListChanges(toListWithAddresses: false)
        for start in [0, 5000] {
            changes.apply(
                change(of: Array(start..<start + 8000), isIn: true, withAddresses: false))
            try changes.settle(to: file)
        }
        #expect(try changes.all().map(\.digest) == (0..<13_000).map { person($0).digest }.sorted())
    }

    @Test(arguments: [true, false])
    func `is refused where the file does not hold what was written`(withAddresses: Bool) throws {
        let disk = SimulatedDisk(seed: 1)
        let file = try ChangeFile("changes", on: disk)
        var changes = ListChanges(toListWithAddresses: withAddresses)
        changes.apply(change(of: Array(0..<100), isIn: true, withAddresses: withAddresses))
        try changes.settle(to: file)
        #expect(try changes.all().count == 100)
        var byte = try disk.read(file.file, at: 31, count: 1)
        byte[0] ^= 1
        try disk.write(byte, to: file.file, at: 31)
        #expect(throws: LogError.self) { try changes.all() }
        try disk.truncate(file.file, to: 64)
        #expect(throws: LogError.self) { try changes.all() }
    }

    @Test func `a file that cannot be written is told at the end`() throws {
        let disk = SimulatedDisk(seed: 1)
        let file = try ChangeFile("changes", on: disk)
        var all = ChangesOfLists([false], file, limit: 10)
        disk.fail(with: 28)
        for number in 0..<5 {
            all.apply(change(of: Array(number..<number + 20), isIn: true, withAddresses: false))
        }
        #expect(throws: FileError.self) { try all.finish() }
    }

    @Test func `whoever was erased is nobody`() throws {
        var changes = ListChanges(toListWithAddresses: false)
        changes.apply(
            .membersAdded(
                MembersChanged(
                    instance: 1, identities: .digests([.zero, person(1).digest, .zero]),
                    unchanged: 0)))
        changes.settle()
        #expect(try changes.all().map(\.digest) == [person(1).digest])
    }
}

extension ChangeRun.Part {
    fileprivate var isStored: Bool {
        if case .stored = self { true } else { false }
    }
}
