extension Request {
    static func digestListing(_ fields: inout Fields) throws(Rejection) -> DigestListing {
        let id = try instance(&fields)
        var behind: Digest?
        if let text = try fields.string("from") {
            guard let digest = Digest(hex: text.utf8.span) else {
                throw fields.refusal("from", "must be a digest of 64 hex digits")
            }
            behind = digest
        }
        let limit = try fields.integer("limit", in: 1...Int64(DigestListing.mostLimit))
        return DigestListing(
            instance: id, behind: behind,
            limit: limit.map { Int($0) } ?? DigestListing.defaultLimit,
            addedBy: try commandGroup(&fields))
    }

    private static func commandGroup(_ fields: inout Fields) throws(Rejection) -> CommandGroup? {
        guard let text = try fields.string("addedBy") else { return nil }
        guard let id = CommandID(text) else {
            throw fields.refusal("addedBy", "must be 1 to 64 of A-Z a-z 0-9 . _ : -")
        }
        return CommandGroup(id)
    }

    static func logTail(_ fields: inout Fields) throws(Rejection) -> LogTail {
        let from = try start(&fields)
        let types = try eventTypes(&fields)
        var id: InstanceID?
        if fields.value("instance") != nil { id = try instance(&fields) }
        return LogTail(
            from: from, types: types, instance: id, follow: try fields.bool("follow") ?? false)
    }

    private static func start(_ fields: inout Fields) throws(Rejection) -> LogTail.Start {
        switch fields.value("from") {
        case nil, .string("start"): .start
        case .string("end"): .end
        case .integer(let number) where number >= 1: .position(Position(number))
        default:
            throw fields.refusal("from", "must be \"start\", \"end\" or a position of at least 1")
        }
    }

    private static func eventTypes(
        _ fields: inout Fields
    ) throws(Rejection) -> Set<EventType>? {
        guard let value = fields.value("types") else { return nil }
        guard let names = value.array, (1...64).contains(names.count) else {
            throw fields.refusal("types", "must be a list of 1 to 64 types of event")
        }
        var types: Set<EventType> = []
        for (index, name) in names.enumerated() {
            guard let type = name.string.flatMap({ EventType(named: $0) }) else {
                throw fields.refusal("types", element: index, "is no type of event")
            }
            types.insert(type)
        }
        return types
    }
}
