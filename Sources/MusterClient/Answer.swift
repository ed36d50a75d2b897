/// What an answer lacks or has wrong; `what` names the place.
struct AnswerError: Error {
    let what: String
}

/// A value of an answer together with its place, so that what is wrong can be named.
struct Answer {
    let value: JSONValue
    private let place: String

    init(_ value: JSONValue, at place: String = "") {
        self.value = value
        self.place = place
    }

    /// The member `name`, which must be there.
    func member(_ name: String) throws(AnswerError) -> Answer {
        guard let value = value[name] else { throw wrong("\(place)/\(name) is missing") }
        return Answer(value, at: "\(place)/\(name)")
    }

    /// The member `name`, or nil where it is missing or null.
    func optional(_ name: String) throws(AnswerError) -> Answer? {
        guard value.object != nil else { throw wrong("\(place)/ is not an object") }
        guard let member = value[name], member != .null else { return nil }
        return Answer(member, at: "\(place)/\(name)")
    }

    /// The elements of the array `name`, read by `read`; none where it is missing or null.
    func list<Element>(
        _ name: String, _ read: (Answer) throws(AnswerError) -> Element
    ) throws(AnswerError) -> [Element] {
        guard let array = try optional(name) else { return [] }
        guard let elements = array.value.array else {
            throw wrong("\(array.place) is not an array")
        }
        var output: [Element] = []
        for (index, element) in elements.enumerated() {
            output.append(try read(Answer(element, at: "\(array.place)/\(index)")))
        }
        return output
    }

    func integer() throws(AnswerError) -> Int {
        guard let integer = value.integer else { throw wrong("\(place) is not an integer") }
        return integer
    }

    func string() throws(AnswerError) -> String {
        guard let string = value.string else { throw wrong("\(place) is not a string") }
        return string
    }

    func bool() throws(AnswerError) -> Bool {
        guard let bool = value.bool else { throw wrong("\(place) is not a boolean") }
        return bool
    }

    private func wrong(_ what: String) -> AnswerError { AnswerError(what: what) }
}
