/// The members of a JSON object, in order; no name occurs twice.
///
/// Names are compared byte by byte, as in the text. Two objects are equal when their members come
/// in the same order.
package struct JSONObject: Sendable {
    /// The members in the order of the text.
    package private(set) var members: [(name: String, value: JSON)]

    /// An object of `members`; the caller names none of them twice.
    package init(_ members: [(name: String, value: JSON)] = []) {
        assert(
            Set(members.map { Array($0.name.utf8) }).count == members.count, "a name occurs twice")
        self.members = members
    }

    /// The object of members the reader has compared already.
    init(distinct members: [(name: String, value: JSON)]) {
        self.members = members
    }

    /// The value of the member `name`; setting it replaces, appends, or with nil removes.
    package subscript(name: String) -> JSON? {
        get { index(of: name).map { members[$0].value } }
        set {
            switch (index(of: name), newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append((name, value))
            case (nil, nil): break
            }
        }
    }

    /// Where the member `name` stands.
    func index(of name: String) -> Int? {
        members.firstIndex { Self.same($0.name, name) }
    }

    /// Whether two names are the same bytes; `==` would also join names that only look the same,
    /// and is asked first because it is quick to tell others apart.
    static func same(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && left == right && left.utf8.elementsEqual(right.utf8)
    }
}

extension JSONObject: Hashable {
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.count == right.members.count
            && zip(left.members, right.members).allSatisfy { $0 == $1 }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(members.count)
        for (name, value) in members {
            hasher.combine(name)
            hasher.combine(value)
        }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self.init(elements.map { (name: $0.0, value: $0.1) })
    }
}
