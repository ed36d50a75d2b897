import Testing

@testable import muster

@Suite struct CommandOriginTests {
    @Test(arguments: [
        ("2k9x0w7c1zq4d-3", CommandOrigin.importing(id: "2k9x0w7c1zq4d", chunk: 3)),
        ("import-2k9x0w7c1zq4d-12", .importing(id: "2k9x0w7c1zq4d", chunk: 12)),
        ("restore-311-abc-1", .restoring(position: 311, id: "abc", chunk: 1)),
    ])
    func `a command's id tells which work it was a part of`(id: String, origin: CommandOrigin) {
        #expect(CommandOrigin(commandId: id) == origin)
    }

    @Test(arguments: [
        "", "-", "order-17", "20261126-1", "2k9x0w7c1zq4d", "2k9x0w7c1zq4d-", "2k9x0w7c1zq4d-0",
        "2k9x0w7c1zq4d-03", "2k9x0w7c1zq4d-1zq4d2k9x0w7", "2K9X0W7C1ZQ4D-1",
        "ed35201d-cc2a-458a-bafb-9bad36855077", "restore-x-abc-1", "restore-311-1",
    ])
    func `an id of another program tells nothing`(id: String) {
        #expect(CommandOrigin(commandId: id) == nil)
    }

    @Test func `the ids of a restore are read back`() {
        let random = String(UInt64.max, radix: 36)
        let id = CommandOrigin.ofRestore(to: .max, id: random, chunk: 999_999)
        #expect(id.utf8.count <= 64)
        let origin = CommandOrigin.restoring(position: .max, id: random, chunk: 999_999)
        #expect(CommandOrigin(commandId: id) == origin)
    }
}
