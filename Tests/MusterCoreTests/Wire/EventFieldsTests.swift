import Testing

@testable import MusterCore

@Suite struct `An event as JSON` {
    @Test(arguments: RecordType.allCases)
    func `has the name of its type, which proto-docs lists`(type: RecordType) {
        var source = EventSource(seed: 7)
        let event = source.event(type)
        #expect(EventType(event.fact).rawValue == "\(type)")
        #expect(EventType.allCases.count == RecordType.allCases.count)
    }

    @Test(arguments: RecordType.allCases)
    func `names nobody unless asked to, and no value twice`(type: RecordType) {
        var source = EventSource(seed: 9)
        for _ in 0..<50 {
            let event = source.event(type)
            let fields = EventFields.of(
                event, at: 5, instance: "acme", withIdentities: false)
            #expect(fields.prefix(4).map(\.name) == ["position", "at", "type", "instance"])
            #expect(!fields.contains { $0.name == "identities" })
            #expect(Set(fields.map(\.name)).count == fields.count)
        }
    }
}
