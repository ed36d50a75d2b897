import Testing

@testable import MusterCore

@Suite struct `An event as JSON` {
    @Test(arguments: EventType.allCases)
    func `has the name of its type, which proto-docs lists`(type: EventType) {
        var source = EventSource(seed: 7)
        let event = source.event(type)
        let fields = EventFields.of(event, at: 5, instance: "acme", withIdentities: false)
        #expect(fields.first { $0.name == "type" }?.value == .string("\(type)"))
    }

    @Test(arguments: EventType.allCases)
    func `names nobody unless asked to, and no value twice`(type: EventType) {
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
