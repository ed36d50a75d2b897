import FoundationEssentials

/// Segment's Engage track events of one audience, one JSON object a line.
///
/// `context.personas.computation_key` names the audience, `properties` says under that key whether
/// the person is in it (true adds, false removes), and `context.traits.email` is the address. The
/// event is named `Audience Entered` or `Audience Exited` and must say the same.
struct EngageDecoder: RowDecoder {
    private static let longestEvent = 1 << 20

    private var reader: EngageReader
    private var splitter = LineSplitter(limit: longestEvent)

    /// A decoder of the events of `audience`, or else of that of the first event.
    init(audience: String?) {
        reader = EngageReader(audience: audience)
    }

    mutating func rows(of chunk: [UInt8], isLast: Bool) throws(InputError) -> [InputRow] {
        var rows: [InputRow] = []
        var reader = reader
        defer { self.reader = reader }
        try splitter.split(chunk, isLast: isLast) { (line, bytes) throws(InputError) in
            guard let bytes else {
                rows.append(InputRow(line: line, content: .rejected(.tooLong)))
                return
            }
            guard bytes.contains(where: { $0 != UInt8(ascii: " ") }) else { return }
            rows.append(InputRow(line: line, content: try reader.read(bytes, at: line)))
        }
        return rows
    }
}

/// Reads events and keeps to one audience.
private struct EngageReader {
    private var audience: String?
    private let isNamed: Bool
    private let decoder = JSONDecoder()

    init(audience: String?) {
        self.audience = audience
        isNamed = audience != nil
    }

    mutating func read(
        _ bytes: ArraySlice<UInt8>, at line: Int
    ) throws(InputError) -> InputRow.Content {
        // What a decoding error says may quote the event, so only that there was one is kept.
        guard let event = try? decoder.decode(EngageEvent.self, from: Data(bytes)) else {
            return .rejected(.notJSON)
        }
        guard let key = event.key else { return .rejected(.keyMissing) }
        if key != audience ?? key {
            if isNamed { return .rejected(.otherAudience) }
            throw InputError(
                line: line,
                message: "an event of a second audience; name the one that is meant with --audience"
            )
        }
        audience = key
        return event.content
    }
}

/// What is read of an event.
struct EngageEvent: Decodable {
    let type: String?
    let name: String?
    let key: String?
    let isMember: Bool?
    let email: String?

    private enum Field: String, CodingKey {
        case type, event, properties, context, personas, traits, email
        case computationKey = "computation_key"
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let event = try decoder.container(keyedBy: Field.self)
        type = try event.decodeIfPresent(String.self, forKey: .type)
        name = try event.decodeIfPresent(String.self, forKey: .event)
        let context = try Self.object(.context, of: event)
        key = try Self.object(.personas, of: context)?
            .decodeIfPresent(String.self, forKey: .computationKey)
        email = try Self.object(.traits, of: context)?.decodeIfPresent(String.self, forKey: .email)
        guard let key, event.contains(.properties) else {
            isMember = nil
            return
        }
        let properties = try event.nestedContainer(keyedBy: Key.self, forKey: .properties)
        // Anything but true or false counts as not said.
        isMember = try? properties.decode(Bool.self, forKey: Key(stringValue: key))
    }

    private static func object(
        _ field: Field, of container: KeyedDecodingContainer<Field>?
    ) throws -> KeyedDecodingContainer<Field>? {
        guard let container, container.contains(field), try !container.decodeNil(forKey: field)
        else { return nil }
        return try container.nestedContainer(keyedBy: Field.self, forKey: field)
    }

    /// The change this event of the right audience asks for.
    var content: InputRow.Content {
        guard type ?? "track" == "track" else { return .rejected(.notTrack) }
        guard let entered = Self.entered[name ?? ""] else { return .rejected(.notAudienceEvent) }
        guard let isMember else { return .rejected(.membershipMissing) }
        guard isMember == entered else { return .rejected(.eventDisagrees) }
        guard let email, !email.isEmpty else { return .rejected(.emailMissing) }
        guard email.utf8.count <= LineDecoder.longestMember else { return .rejected(.tooLong) }
        return .change(isMember ? .add : .remove, member: email)
    }

    private static let entered = ["Audience Entered": true, "Audience Exited": false]
}
