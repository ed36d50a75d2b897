import Foundation
import MusterCore

/// The nth of a row of people.
func person(_ number: Int) -> Digest {
    Digest.sha256("person\(number)@example.org".utf8)
}

/// The first settings of an audience of this name.
func settings(of audience: String) -> SettingsChange {
    var change = SettingsChange()
    change.advertiserId = "adv1"
    change.audienceName = audience
    change.region = .us
    change.piiType = .hashedEmail
    change.endpoint = Endpoint(ScriptedTransport.api)
    return change
}

/// `acme-us` with its settings, and as many members as the range says.
func audience(
    _ members: ClosedRange<Int> = 1...20, _ edit: (inout SettingsChange) -> Void = { _ in }
)
    -> [Fact]
{
    var change = settings(of: "Buyers")
    change.minimumMembers = 10
    edit(&change)
    return [
        .instanceConfigured(
            InstanceConfigured(instance: 1, created: InstanceID("acme-us"), change: change)),
        .membersAdded(
            MembersChanged(instance: 1, identities: .digests(members.map(person)), unchanged: 0)),
    ]
}

/// The list of those people as TTD must get it, computed apart from the code under test.
func rows(_ members: some Sequence<Int>) -> [UInt8] {
    members.map { person($0).bytes }
        .sorted { $0.lexicographicallyPrecedes($1) }
        .flatMap { Array((Data($0).base64EncodedString() + "\n").utf8) }
}

extension Fact {
    /// Its kind alone, for tests of an order of facts.
    var kind: String {
        String("\(self)".prefix { $0 != "(" })
    }
}
