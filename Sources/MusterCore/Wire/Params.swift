extension Request {
    static func instance(_ fields: inout Fields) throws(Rejection) -> InstanceID {
        let text = try fields.required(try fields.string("instance"), "instance")
        guard let id = InstanceID(text) else {
            throw fields.refusal("instance", "must follow [a-z0-9][a-z0-9._-]{0,62}")
        }
        return id
    }

    static func run(_ fields: inout Fields, _ name: String) throws(Rejection) -> RunID {
        RunID(try fields.required(try fields.integer(name, in: 1...JSON.integerLimit), name))
    }

    static func hello(_ fields: inout Fields) throws(Rejection) -> Query {
        _ = try fields.string("client", limit: TextLimit.client)
        guard let versions = fields.value("protocol") else { return .hello(protocols: nil) }
        guard let list = versions.array, (1...16).contains(list.count) else {
            throw fields.refusal("protocol", "must be a list of 1 to 16 integers")
        }
        let numbers = list.compactMap(\.integer)
        guard numbers.count == list.count else {
            throw fields.refusal("protocol", "must be a list of 1 to 16 integers")
        }
        // What is wrong in its form is told first.
        try fields.finish()
        guard numbers.contains(1) else { throw .protocolUnsupported }
        return .hello(protocols: numbers)
    }

    /// At most one of the four parameters may stand.
    static func descriptionSubject(_ fields: inout Fields) throws(Rejection) -> DescriptionSubject {
        var subjects: [(name: String, subject: DescriptionSubject)] = []
        for name in ["method", "error", "event"] {
            guard let text = try fields.string(name) else { continue }
            guard text.utf8.count <= 64 else {
                throw fields.refusal(name, "must be at most 64 bytes")
            }
            let subject: DescriptionSubject =
                switch name {
                case "method": .method(text)
                case "error": .error(text)
                default: .event(text)
                }
            subjects.append((name, subject))
        }
        if let all = try fields.bool("all") {
            subjects.append(("all", all ? .everything : .summaries))
        }
        if subjects.count > 1 {
            throw fields.refusal(subjects[1].name, "cannot stand beside \(subjects[0].name)")
        }
        return subjects.first?.subject ?? .summaries
    }

    static func memberShow(_ fields: inout Fields) throws(Rejection) -> Query {
        let id = try instance(&fields)
        let text = try fields.required(try fields.string("member"), "member")
        let withHistory = try fields.bool("history") ?? false
        // What is wrong in its form is told first.
        try fields.finish()
        do {
            return .memberShow(id, try Member(Array(text.utf8)), withHistory: withHistory)
        } catch {
            throw .memberInvalid(error)
        }
    }

    static func memberList(_ fields: inout Fields) throws(Rejection) -> MemberList {
        let id = try instance(&fields)
        let single = try fields.string("member")
        let several = fields.value("members")
        let isAtomic = try fields.bool("atomic") ?? false
        switch (single, several) {
        case (let text?, nil):
            var members = NamedMembers()
            members.append(text.utf8.span)
            return MemberList(instance: id, members: members, isSingle: true, isAtomic: isAtomic)
        case (nil, .array(let texts)?):
            return MemberList(
                instance: id, members: try members(texts, fields), isSingle: false,
                isAtomic: isAtomic)
        case (nil, nil): throw fields.refusal("members", "is required, or member")
        case (_?, _?): throw fields.refusal("member", "cannot stand beside members")
        case (nil, _?): throw fields.refusal("members", "must be a list of strings")
        }
    }

    private static func members(_ texts: [JSON], _ fields: Fields) throws(Rejection)
        -> NamedMembers
    {
        guard (1...MemberList.limit).contains(texts.count) else {
            throw fields.refusal("members", "must hold 1 to \(MemberList.limit) members")
        }
        var members = NamedMembers()
        for (index, text) in texts.enumerated() {
            guard case .string(let member) = text else {
                throw fields.refusal("members", element: index, "must be a string")
            }
            members.append(member.utf8.span)
        }
        return members
    }

    static func retirement(_ fields: inout Fields) throws(Rejection) -> Retirement {
        let id = try instance(&fields)
        let count = try fields.integer("expectCount", in: 0...JSON.integerLimit)
        return Retirement(
            instance: id, expectedCount: UInt64(try fields.required(count, "expectCount")))
    }

    static func syncOrder(_ fields: inout Fields) throws(Rejection) -> SyncOrder {
        let id = try instance(&fields)
        var approval: Approval?
        if var approve = try fields.object("approve") {
            let held = try run(&approve, "run")
            let count = try approve.integer("count", in: 0...JSON.integerLimit)
            approval = Approval(
                heldRun: held, count: UInt64(try approve.required(count, "count")))
            try approve.finish()
        }
        return SyncOrder(
            instance: id, approval: approval, again: try fields.bool("again") ?? false)
    }
}
