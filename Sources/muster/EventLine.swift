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
            let value =
                member.value.string ?? String(decoding: member.value.encoded(), as: UTF8.self)
            return index < 3 ? value : "\(member.name)=\(value)"
        }.joined(separator: " ")
    }
}
