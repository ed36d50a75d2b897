import Foundation
import MusterCore
import Testing

@testable import musterd

@Suite struct `A command with every text at its longest` {
    private func text(_ bytes: Int) -> String { String(repeating: "a", count: bytes) }

    @Test func `is taken, and comes back out of the log`() throws {
        let turns = try Turns()
        let zone = text(Zone.nameLimit)
        let rules = try Data(
            contentsOf: URL(fileURLWithPath: turns.scratch.path + "/zones/Test/NewYork"))
        try turns.scratch.write(Array(rules), to: "zones/" + zone)
        let name = String(repeating: "ü", count: TextLimit.audienceName / 2)
        let command = request(
            "instance.configure",
            #"{"instance": "\#(text(InstanceID.limit))", "region": "APAC", "piiType": "email", "#
                + #""advertiserId": "\#(text(TextLimit.advertiserId))", "audienceName": "\#(name)", "#
                + #""credential": "\#(text(InstanceID.limit))", "#
                + #""externalAudienceId": "\#(text(TextLimit.externalAudienceId))", "#
                + #""schedule": {"dailyAt": "03:00", "timeZone": "\#(zone)"}}"#,
            id: 1, #", "commandId": "\#(text(CommandID.limit))""#)
        let answer = try turns.ask(command)
        #expect(answer.error == nil)
        let address = text(Email.limit - 2) + "@b"
        let member = #"{"instance": "\#(text(InstanceID.limit))", "member": "\#(address)"}"#
        #expect(try turns.ask(request("member.add", member))["result", "added"] == 1)
        try turns.crash()
        #expect(try turns.engine.state[1].settings.audienceName == name)
        #expect(try turns.engine.state[1].settings.schedule?.timeZone == zone)
        #expect(try turns.ask(request("member.show", member))["result", "member"] == true)
        #expect(try turns.ask(command)["replayed"] == true)
    }
}
