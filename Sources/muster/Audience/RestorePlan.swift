import MusterClient
import MusterCore
import MusterStore

/// What makes an audience what it was: who is to be added, who removed, and who stays out.
struct RestorePlan {
    /// The list to go back to.
    let target: FrozenAudience
    /// The list as it is.
    let now: FrozenAudience
    let instance: String
    /// The run that sent the target, where a run was named.
    let run: RunPast?
    let erasures: [Position]
    /// Who was removed one by one since, and is not to come back.
    private let keptOut: Set<Digest>
    private(set) var added = 0
    private(set) var removed = 0
    private(set) var leftOut = 0

    init(
        _ instance: String, from now: FrozenAudience, to target: FrozenAudience, of run: RunPast?,
        erasures: [Position], keepingOut keptOut: Set<Digest>
    ) throws(Failure) {
        self.instance = instance
        self.target = target
        self.now = now
        self.run = run
        self.erasures = erasures
        self.keptOut = keptOut
        var leftOut = 0
        let counts = try ListCounts(now, target) { difference in
            if case .came(let person) = difference, keptOut.contains(person.digest) { leftOut += 1 }
        }
        self.leftOut = leftOut
        added = counts.came - leftOut
        removed = counts.left
    }

    var isEmpty: Bool { added == 0 && removed == 0 }

    /// How many members there are when it is done.
    var afterwards: Int { now.count + added - removed }

    /// Whether the list will be the target to the byte.
    var isExact: Bool { leftOut == 0 && target.keepsAddresses == now.keepsAddresses }

    /// The next person of a walk from `now` to the target who is to be added, as the protocol takes
    /// members.
    func nextToAdd(_ walk: inout ListDifferences) throws(LogError) -> String? {
        while let difference = try walk.next() {
            guard case .came(let person) = difference, !keptOut.contains(person.digest) else {
                continue
            }
            let address = person.address.map { String(decoding: $0, as: UTF8.self) }
            return address ?? person.digest.base64
        }
        return nil
    }

    /// The next person of such a walk who is to be removed.
    func nextToRemove(_ walk: inout ListDifferences) throws(LogError) -> String? {
        while let difference = try walk.next() {
            if case .left(let person) = difference { return person.digest.base64 }
        }
        return nil
    }

    /// How many of an audience that was changed since are not as they are to be.
    func deviations(of list: FrozenAudience) throws(Failure) -> Int {
        var deviations = 0
        _ = try ListCounts(list, target) { difference in
            switch difference {
            case .came(let person): deviations += keptOut.contains(person.digest) ? 0 : 1
            case .left: deviations += 1
            }
        }
        return deviations
    }
}

extension RestorePlan {
    var json: [JSONValue.Member] {
        let members: [(name: String, value: JSONValue)] = [
            ("instance", .string(instance)),
            ("run", run.map { .integer(Int(clamping: $0.id)) } ?? .null),
            ("to", .integer(Int(clamping: target.position))),
            ("from", .integer(Int(clamping: now.position))),
            ("membersNow", .integer(now.count)), ("membersThen", .integer(target.count)),
            ("toAdd", .integer(added)), ("toRemove", .integer(removed)),
            ("leftOut", .integer(leftOut)), ("membersAfterwards", .integer(afterwards)),
            ("erasedBy", .array(erasures.map { .integer(Int(clamping: $0)) })),
        ]
        return members.map { JSONValue.Member(name: $0.name, value: $0.value) }
    }

    var text: String {
        let goal = run.map { "the list of run \($0.id), position \(target.position)" }
        var sheet = Sheet("\(instance), back to \(goal ?? "position \(target.position)")")
        sheet.add("members now", now.count.grouped)
        sheet.add("members then", target.count.grouped)
        sheet.add("to add", added.grouped)
        sheet.add("to remove", removed.grouped)
        if leftOut > 0 {
            sheet.add(
                "left out",
                "\(leftOut.grouped), removed one by one since; --include-removed brings them back")
        }
        sheet.add("members afterwards", afterwards.grouped)
        sheet.add("erased since", erasureWords(erasures))
        return sheet.text
    }
}
