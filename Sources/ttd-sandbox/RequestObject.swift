import FoundationEssentials
import MusterCore

/// The JSON object of a request, whose properties are checked one by one and refused together.
struct RequestObject {
    private enum Value: Decodable {
        case text(String)
        case whole(Int)
        case other

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            // A value of a type that nothing here has is only refused where it is asked for.
            if let text = try? value.decode(String.self) {
                self = .text(text)
            } else if let number = try? value.decode(Int.self) {
                self = .whole(number)
            } else {
                self = .other
            }
        }
    }

    private let values: [String: Value]
    private var known: Set<String> = []
    private var details: [TradeDesk.ErrorDetail] = []

    init(_ bytes: [UInt8]) throws(Refused) {
        do {
            values = try JSONDecoder().decode([String: Value].self, from: Data(bytes))
        } catch {
            throw .notJSON
        }
    }

    func has(_ name: String) -> Bool {
        values[name] != nil
    }

    /// A text of 1 to `limit` bytes.
    mutating func text(_ name: String, limit: Int = 256) -> String {
        known.insert(name)
        switch values[name] {
        case .text(let text) where (1...limit).contains(text.utf8.count): return text
        case .text: refuse(name, "must have 1 to \(limit) bytes")
        case nil: refuse(name, "is required")
        default: refuse(name, "must be a string")
        }
        return ""
    }

    mutating func text(_ name: String, oneOf choices: [String]) -> String {
        let earlier = details.count
        let text = text(name)
        if details.count == earlier, !choices.contains(text) {
            refuse(name, "must be one of \(choices.joined(separator: ", "))")
        }
        return text
    }

    /// A whole number that may be left out and is of no consequence here.
    mutating func passOver(_ name: String, whole range: ClosedRange<Int>) {
        known.insert(name)
        guard let value = values[name] else { return }
        if case .whole(let number) = value, range.contains(number) { return }
        refuse(name, "must be \(range.lowerBound) to \(range.upperBound)")
    }

    mutating func refuse(_ name: String, _ reason: String) {
        details.append(TradeDesk.ErrorDetail(property: name, reasons: [reason]))
    }

    /// Throws if anything was refused or, in strict mode, never asked for.
    func finish(isStrict: Bool) throws(Refused) {
        let unknown = isStrict ? values.keys.filter { !known.contains($0) }.sorted() : []
        let all =
            details
            + unknown.map { TradeDesk.ErrorDetail(property: $0, reasons: ["is not known"]) }
        guard all.isEmpty else { throw .invalid(all) }
    }
}
