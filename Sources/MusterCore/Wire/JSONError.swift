/// Why a text is not JSON as protocol 1 allows it, and at which byte.
package struct JSONError: Error, Hashable, Sendable {
    /// The rule that was broken.
    package let fault: Fault
    /// The offset of the byte at fault, from 0; the length of the text when it ends too soon.
    package let offset: Int

    /// An error of one rule at one byte.
    package init(fault: Fault, offset: Int) {
        self.fault = fault
        self.offset = offset
    }

    /// What is wrong, in words that quote nothing of the text.
    package var message: String { "\(fault.rawValue), at byte \(offset)" }

    /// A rule of the reader; the raw value says it to a person.
    package enum Fault: String, Hashable, Sendable, CaseIterable {
        case empty = "there is no JSON value"
        case byteOrderMark = "a byte order mark is not allowed"
        case endsEarly = "the text ends inside a value"
        case unexpectedByte = "this byte cannot stand here"
        case trailingText = "text follows after the value"
        case notAnInteger = "a number has neither a decimal point nor an exponent"
        case leadingZero = "a number does not begin with a zero that is not needed"
        case negativeZero = "a number is not negative zero"
        case integerOutOfRange = "a number lies within ±(2^53 - 1)"
        case controlCharacter = "a control character in a string must be escaped"
        case unknownEscape = "a backslash stands only before one of \" \\ / b f n r t u"
        case badHexDigits = "four hexadecimal digits must follow \\u"
        case loneSurrogate = "a surrogate must be escaped together with its other half"
        case invalidUTF8 = "the text is not valid UTF-8"
        case duplicateName = "an object names a member twice"
        case tooDeep = "arrays and objects nest more than 32 deep"
        case tooManyMembers = "an object has more than 1024 members"
        case tooManyValues = "the text holds more than 262144 values"
    }
}
