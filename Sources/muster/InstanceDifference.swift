import MusterCore

/// How an audience differs from what it was earlier, or from nothing.
struct InstanceDifference {
    private let before: InstanceState?
    private let after: InstanceState
    private let added: Int
    private let removed: Int
    private let configured: [(name: String, old: JSON, new: JSON)]
    /// Those that began or went on.
    private let runs: [MusterCore.Run]

    /// Nil where nothing happened to the audience.
    init?(from before: InstanceState?, to after: InstanceState) {
        let nobody = Membership(keepsAddresses: false)
        let difference = after.members.difference(from: before?.members ?? nobody)
        self.before = before
        self.after = after
        (added, removed) = difference
        configured = Self.settings(from: before, to: after)
        runs = after.runs.filter { before?.run($0.id) != $0 }
        guard before?.version != after.version || !runs.isEmpty || !configured.isEmpty else {
            return nil
        }
    }

    private static func settings(
        from before: InstanceState?, to after: InstanceState
    ) -> [(name: String, old: JSON, new: JSON)] {
        let new = EventFields.settings(SettingsChange(all: after.settings))
        let old = before.map { EventFields.settings(SettingsChange(all: $0.settings)) }
        return new.enumerated().compactMap { index, field in
            let earlier = old?[index].value ?? .null
            return earlier == field.value ? nil : (field.name, earlier, field.value)
        }
    }

    func json(withIdentities: Bool) -> JSON {
        var members: [(name: String, value: JSON)] = [
            ("instance", .string(after.id.text)), ("created", .bool(before == nil)),
            ("version", Self.change(before?.version, after.version)),
            ("members", Self.change(before?.members.count, after.members.count)),
            ("added", .number(added)), ("removed", .number(removed)),
            (
                "configured",
                .object(
                    JSONObject(configured.map { ($0.name, ["from": $0.old, "to": $0.new]) }))
            ),
            (
                "runs",
                .array(
                    runs.map {
                        ["run": .number($0.id), "state": .string(MusterCore.RunEnd($0).state)]
                    })
            ),
        ]
        if withIdentities {
            members.append(("came", .array(came.map { .string($0) })))
            members.append(("went", .array(went.map { .string($0) })))
        }
        return .object(JSONObject(members))
    }

    func text(withIdentities: Bool) -> String {
        var sheet = Sheet(after.id.text + (before == nil ? " (new)" : ""))
        sheet.add(
            "members", "\(before?.members.count.grouped ?? "-") -> \(after.members.count.grouped)")
        sheet.add("came", added.grouped)
        sheet.add("went", removed.grouped)
        sheet.add("version", "\(before.map { "\($0.version)" } ?? "-") -> \(after.version)")
        for field in configured { sheet.add(field.name, "\(field.old.word) -> \(field.new.word)") }
        for run in runs { sheet.add("run \(run.id)", MusterCore.RunEnd(run).state) }
        guard withIdentities else { return sheet.text }
        let people = came.map { "+ \($0)" } + went.map { "- \($0)" }
        return ([sheet.text] + people.map(\.printable)).joined(separator: "\n")
    }

    private var came: [String] { Self.people(in: after.members, notIn: before?.members) }

    private var went: [String] {
        before.map { Self.people(in: $0.members, notIn: after.members) } ?? []
    }

    /// In the order of the digests; the address where it is known.
    private static func people(in members: Membership, notIn others: Membership?) -> [String] {
        var people: [String] = []
        members.forEach { digest, address in
            guard others?.contains(digest) != true else { return }
            people.append(address.map { String(decoding: $0, as: UTF8.self) } ?? digest.hex)
        }
        return people
    }

    private static func change(_ old: (some BinaryInteger)?, _ new: some BinaryInteger) -> JSON {
        ["from": .number(old), "to": .number(new)]
    }
}
