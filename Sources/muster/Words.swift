extension Int {
    /// With a comma between thousands.
    var grouped: String {
        let digits = String(magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (self < 0 ? "-" : "") + text
    }

    /// The number with its noun, `1 member` or `2 members`.
    func counted(_ noun: String) -> String {
        "\(grouped) \(noun)\(self == 1 ? "" : "s")"
    }

    /// As a size, rounded down to three digits at least: `812 bytes`, `1,023 KiB`, `17 MiB`.
    var size: String {
        let units = ["KiB", "MiB", "GiB", "TiB"]
        guard self >= 1024 else { return counted("byte") }
        var value = self / 1024
        var unit = 0
        while value >= 10_240, unit + 1 < units.count {
            value /= 1024
            unit += 1
        }
        return "\(value.grouped) \(units[unit])"
    }
}

extension String {
    /// Without what could steer a terminal.
    var printable: String { shown(withLines: true) }

    /// Without what could steer a terminal or begin a line.
    var printableOnOneLine: String { shown(withLines: false) }

    private func shown(withLines: Bool) -> String {
        guard unicodeScalars.contains(where: \.steersTerminals) else { return self }
        var scalars = UnicodeScalarView()
        for scalar in unicodeScalars {
            let isKept = !scalar.steersTerminals || withLines && scalar == "\n"
            scalars.append(isKept ? scalar : "\u{FFFD}")
        }
        return String(scalars)
    }

    /// A time of the protocol to the second, as `2026-11-23 03:00:00 UTC`.
    var readableTime: String {
        guard utf8.count == 24, hasSuffix("Z"), let split = firstIndex(of: "T") else { return self }
        return "\(self[..<split]) \(self[index(after: split)...].prefix(8)) UTC"
    }
}

extension Unicode.Scalar {
    fileprivate var steersTerminals: Bool { properties.generalCategory == .control }
}
