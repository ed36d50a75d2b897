/// A JSON value as protocol 1 allows it: numbers are integers within ±(2^53 - 1).
///
/// A value built by hand may hold a wider integer; it is written, and strict readers refuse it.
package enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

extension JSON {
    /// The deepest nesting of arrays and objects that is read.
    package static let depthLimit = 32

    /// The most members one object may have.
    package static let memberLimit = 1024

    /// The most values one text may hold, which bounds what reading it may cost in memory.
    package static let valueLimit = 262_144

    /// The largest integer every reader of JSON keeps exactly.
    package static let integerLimit: Int64 = (1 << 53) - 1

    /// Reads one JSON text, the whole of `bytes`.
    package static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSON {
        try JSONReader.read(bytes.span)
    }

    /// The compact text, members in the order given.
    package func encoded() -> [UInt8] {
        var output: [UInt8] = []
        // Most replies are shorter.
        output.reserveCapacity(256)
        write(into: &output)
        return output
    }

    /// Appends the compact text to `output`.
    package func write(into output: inout [UInt8]) {
        JSONWriter.compact.write(self, depth: 0, into: &output)
    }

    /// The text for people: two spaces a level, one member or element a line.
    package func pretty() -> String {
        var output: [UInt8] = []
        JSONWriter.pretty.write(self, depth: 0, into: &output)
        return String(decoding: output, as: UTF8.self)
    }
}

extension JSON {
    /// The boolean, if this is one.
    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The integer, if this is one.
    package var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The string, if this is one.
    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The elements, if this is an array.
    package var array: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The object, if this is one.
    package var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
    package init(nilLiteral: ()) { self = .null }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
}

extension JSON: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) { self = .string(value) }
}

extension JSON: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(JSONObject(elements.map { (name: $0.0, value: $0.1) }))
    }
}
