/// The members of one object of a request, taken by name; what is left over at the end is refused
/// by its pointer.
struct Fields {
    private let object: JSONObject
    private let pointer: String
    private let isParams: Bool
    private var taken = TakenMembers()

    init(_ object: JSONObject, pointer: String, isParams: Bool) {
        self.object = object
        self.pointer = pointer
        self.isParams = isParams
    }

    /// The refusal of the member `name`, or of one element of its list, in the words of a rule such
    /// as "must be a string".
    func refusal(_ name: String, element: Int? = nil, _ rule: String) -> Rejection {
        let place = pointer + "/" + Self.escaped(name) + (element.map { "/\($0)" } ?? "")
        return isParams
            ? .paramsInvalid(pointer: place, rule: rule)
            : .requestInvalid(pointer: place, rule: rule)
    }

    mutating func value(_ name: String) -> JSON? {
        guard let index = object.index(of: name) else { return nil }
        taken.insert(index)
        return object.members[index].value
    }

    mutating func string(_ name: String) throws(Rejection) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw refusal(name, "must be a string") }
        return text
    }

    mutating func string(_ name: String, limit: Int) throws(Rejection) -> String? {
        guard let text = try string(name) else { return nil }
        guard text.utf8.count <= limit else {
            throw refusal(name, "must be at most \(limit) bytes")
        }
        return text
    }

    mutating func bool(_ name: String) throws(Rejection) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let flag = value.bool else { throw refusal(name, "must be true or false") }
        return flag
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int64>) throws(Rejection) -> Int64?
    {
        guard let value = value(name) else { return nil }
        guard let number = value.integer, range.contains(number) else {
            throw refusal(
                name, "must be an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    mutating func object(_ name: String) throws(Rejection) -> Fields? {
        guard let value = value(name) else { return nil }
        guard let members = value.object else { throw refusal(name, "must be an object") }
        return Fields(members, pointer: pointer + "/" + Self.escaped(name), isParams: isParams)
    }

    /// The value of a member that must be there.
    func required<Value>(_ value: Value?, _ name: String) throws(Rejection) -> Value {
        guard let value else { throw refusal(name, "is required") }
        return value
    }

    /// Refuses the first member that nobody took.
    func finish() throws(Rejection) {
        if let stranger = object.members.indices.first(where: { !taken.contains($0) }) {
            throw refusal(object.members[stranger].name, "is not known here")
        }
    }

    /// A name as part of a JSON pointer (RFC 6901), cut to 64 code points: a client may send any.
    private static func escaped(_ name: String) -> String {
        name.unicodeScalars.prefix(64).reduce(into: "") { pointer, scalar in
            switch scalar {
            case "~": pointer += "~0"
            case "/": pointer += "~1"
            default: pointer.unicodeScalars.append(scalar)
            }
        }
    }
}

/// Which members of an object were taken, by their places; the first of them, which are all that a
/// method knows, in one word.
private struct TakenMembers {
    private var first: UInt64 = 0
    private var later: Set<Int> = []

    mutating func insert(_ index: Int) {
        if index < UInt64.bitWidth { first |= 1 << index } else { later.insert(index) }
    }

    func contains(_ index: Int) -> Bool {
        index < UInt64.bitWidth ? first & 1 << index != 0 : later.contains(index)
    }
}
