import MusterCore
import Testing

/// The cases of the public JSON parsing test suite, by its names: `y_` must be read by every
/// parser, `n_` by none, `i_` is left open.
enum JSONSuite {
    /// A text that is refused, and why.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let text: Bytes
        let fault: JSONError.Fault

        init(_ name: String, _ text: Bytes, _ fault: JSONError.Fault) {
            self.name = name
            self.text = text
            self.fault = fault
        }

        var testDescription: String { name }
    }
}

/// Bytes written as text, or one by one where they are not UTF-8.
struct Bytes: Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    let all: [UInt8]

    init(stringLiteral text: String) { all = Array(text.utf8) }
    init(arrayLiteral bytes: UInt8...) { all = bytes }
}
