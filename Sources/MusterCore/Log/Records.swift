/// Events outside a commit, as its records part holds them; none of them names people.
package enum Records {
    /// The records of `events`.
    package static func bytes(of events: [Event]) throws(EncodingFault) -> [UInt8] {
        var encoder = RecordEncoder()
        for event in events {
            let result = try encoder.append(event, limit: .max) { Salt(first: 0, second: 0) }
            guard result.fits else { throw .eventTooLarge(bytes: result.bytes) }
        }
        return encoder.records.bytes
    }

    /// The `count` events that fill `range`.
    package static func events(
        _ count: UInt32, in range: Range<Int>, of bytes: Span<UInt8>
    ) throws(LogFault) -> [Event] {
        var decoder = try RecordDecoder(records: range, identities: 0..<0)
        var events: [Event] = []
        for _ in 0..<count { events.append(try decoder.next(in: bytes)) }
        guard decoder.isAtEnd else { throw .malformed("more than the records is there") }
        return events
    }
}
