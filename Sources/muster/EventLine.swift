import MusterCore
import MusterStore

/// One event as a line.
struct EventLine {
    private let members: [(name: String, value: JSON)]

    init(_ entry: LogReader.Entry, instance: String?, withIdentities: Bool) {
        var members = EventFields.of(
            entry.event, at: entry.position, instance: instance, withIdentities: withIdentities)
        members.append(("segment", .integer(Int64(entry.segment))))
        members.append(("offset", .integer(Int64(entry.offset))))
        self.members = members
    }

    var json: String { String(decoding: JSON.object(JSONObject(members)).encoded(), as: UTF8.self) }

    /// The first values bare, the others with their names.
    var text: String {
        members.enumerated().map { index, member in
            index < 3 ? member.value.word : "\(member.name)=\(Self.quoted(member.value))"
        }.joined(separator: " ")
    }

    /// A text that would run into the next name stands in quotation marks, as JSON has it.
    private static func quoted(_ value: JSON) -> String {
        guard let text = value.string, text.contains(where: { " \"=".contains($0) }) else {
            return value.word
        }
        return String(decoding: value.encoded(), as: UTF8.self)
    }
}
