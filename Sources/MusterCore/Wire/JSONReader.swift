/// Reads one JSON text strictly, in one pass over its bytes.
///
/// RFC 8259, and stricter: no name twice in an object, integers only and only those every reader
/// keeps exactly, valid UTF-8 and no lone surrogate, and the limits of `JSON`. The reader holds a
/// position only; each function is given the bytes, because a value that keeps a span could not be
/// written without unsafe code.
struct JSONReader {
    var position = 0
    private var valuesLeft = JSON.valueLimit

    static func read(_ bytes: Span<UInt8>) throws(JSONError) -> JSON {
        var reader = JSONReader()
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw JSONError(fault: .byteOrderMark, offset: 0)
        }
        reader.skipSpace(bytes)
        if reader.position == bytes.count { throw reader.error(.empty) }
        let value = try reader.value(bytes, depth: 0)
        reader.skipSpace(bytes)
        guard reader.position == bytes.count else { throw reader.error(.trailingText) }
        return value
    }

    func error(_ fault: JSONError.Fault) -> JSONError {
        JSONError(fault: fault, offset: position)
    }

    /// The error where another byte was needed.
    func unexpected(_ bytes: Span<UInt8>) -> JSONError {
        error(position < bytes.count ? .unexpectedByte : .endsEarly)
    }

    private mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(JSONError) -> JSON {
        guard position < bytes.count else { throw error(.endsEarly) }
        guard valuesLeft > 0 else { throw error(.tooManyValues) }
        valuesLeft -= 1
        switch bytes[position] {
        case UInt8(ascii: "\""): return .string(try string(bytes))
        case UInt8(ascii: "{"): return .object(try object(bytes, depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(bytes, depth: depth + 1))
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            return .integer(try integer(bytes))
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool(try flag(bytes))
        case UInt8(ascii: "n"):
            try word("null", bytes)
            return .null
        default: throw error(.unexpectedByte)
        }
    }

    /// Reads `true` or, as it will turn out, `false` at the position.
    mutating func flag(_ bytes: Span<UInt8>) throws(JSONError) -> Bool {
        let isTrue = position < bytes.count && bytes[position] == UInt8(ascii: "t")
        try word(isTrue ? "true" : "false", bytes)
        return isTrue
    }

    private mutating func word(_ word: String, _ bytes: Span<UInt8>) throws(JSONError) {
        for byte in word.utf8 {
            guard take(byte, bytes) else { throw unexpected(bytes) }
        }
    }

    private mutating func array(_ bytes: Span<UInt8>, depth: Int) throws(JSONError) -> [JSON] {
        guard depth <= JSON.depthLimit else { throw error(.tooDeep) }
        position += 1
        skipSpace(bytes)
        if take(UInt8(ascii: "]"), bytes) { return [] }
        var elements: [JSON] = []
        repeat {
            skipSpace(bytes)
            elements.append(try value(bytes, depth: depth))
            skipSpace(bytes)
        } while take(UInt8(ascii: ","), bytes)
        guard take(UInt8(ascii: "]"), bytes) else { throw unexpected(bytes) }
        return elements
    }

    private mutating func object(_ bytes: Span<UInt8>, depth: Int) throws(JSONError) -> JSONObject {
        guard depth <= JSON.depthLimit else { throw error(.tooDeep) }
        position += 1
        skipSpace(bytes)
        if take(UInt8(ascii: "}"), bytes) { return JSONObject(distinct: []) }
        var members: [(name: String, value: JSON)] = []
        members.reserveCapacity(4)
        var names = JSONNames()
        repeat {
            skipSpace(bytes)
            let name = try newName(bytes, &names, among: members)
            skipSpace(bytes)
            guard take(UInt8(ascii: ":"), bytes) else { throw unexpected(bytes) }
            skipSpace(bytes)
            members.append((name, try value(bytes, depth: depth)))
            skipSpace(bytes)
        } while take(UInt8(ascii: ","), bytes)
        guard take(UInt8(ascii: "}"), bytes) else { throw unexpected(bytes) }
        return JSONObject(distinct: members)
    }

    private mutating func newName(
        _ bytes: Span<UInt8>, _ names: inout JSONNames, among members: [(name: String, value: JSON)]
    ) throws(JSONError) -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            throw unexpected(bytes)
        }
        let start = position
        let name = try string(bytes)
        guard members.count < JSON.memberLimit else { throw error(.tooManyMembers) }
        guard names.insert(name, among: members) else {
            throw JSONError(fault: .duplicateName, offset: start)
        }
        return name
    }

    mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func skipSpace(_ bytes: Span<UInt8>) {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                position += 1
            default: return
            }
        }
    }
}

/// Tells whether an object has a name already: few names are compared, many are hashed, so that
/// the cost stays in proportion to the text.
private struct JSONNames {
    private static let few = 8
    private var seen: Set<[UInt8]> = []

    mutating func insert(_ name: String, among members: [(name: String, value: JSON)]) -> Bool {
        guard members.count >= Self.few else {
            return !members.contains { JSONObject.same($0.name, name) }
        }
        if seen.isEmpty { seen = Set(members.map { Array($0.name.utf8) }) }
        return seen.insert(Array(name.utf8)).inserted
    }
}
