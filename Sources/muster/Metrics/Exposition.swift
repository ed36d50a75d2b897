import MusterCore

/// Text in Prometheus' exposition format, version 0.0.4, and the same as JSON.
struct Exposition {
    enum Kind: String {
        case gauge
        case counter
    }

    /// A number, written out exactly.
    enum Value: Hashable {
        case integer(Int)
        case thousandths(Int)
        case millionths(Int)

        fileprivate var text: String {
            switch self {
            case .integer(let number): "\(number)"
            case .thousandths(let number): Self.decimal(number, 1000, digits: 3)
            case .millionths(let number): Self.decimal(number, 1_000_000, digits: 6)
            }
        }

        private static func decimal(_ number: Int, _ unit: Int, digits: Int) -> String {
            let fraction = String(number.magnitude % UInt(unit))
            let zeros = String(repeating: "0", count: digits - fraction.count)
            return (number < 0 ? "-" : "") + "\(number.magnitude / UInt(unit)).\(zeros)\(fraction)"
        }
    }

    /// One line of a metric.
    struct Sample: Hashable {
        var labels: [Label] = []
        let value: Value
    }

    /// A label and its value.
    struct Label: Hashable {
        let name: String
        let value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    private(set) var text = ""
    private(set) var metrics: [JSON] = []

    /// Adds a metric with its samples; without any it is left out.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        metrics.append([
            "name": .string(name), "type": .string(kind.rawValue), "help": .string(help),
            "samples": .array(samples.map(\.json)),
        ])
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n"
        text += "# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            let labels = sample.labels.map {
                "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\""
            }
            let all = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
            text += "\(name)\(all) \(sample.value.text)\n"
        }
    }

    /// Adds a metric of one sample, unless its value is not known.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Value?) {
        add(name, kind, help, value.map { [Sample(value: $0)] } ?? [])
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension Exposition.Sample {
    /// The value as text, since JSON of this project has no fractions.
    fileprivate var json: JSON {
        [
            "labels": .object(JSONObject(labels.map { ($0.name, .string($0.value)) })),
            "value": .string(value.text),
        ]
    }
}
