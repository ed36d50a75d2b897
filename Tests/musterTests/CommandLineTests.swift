import ArgumentParser
import MusterClient
import Testing

@testable import muster

@Suite
struct CommandLineTests {
    @Test func `the socket is the option's, the variable's, or the usual one`() {
        #expect(ConnectionOptions.path(option: "/a", environment: ["MUSTER_SOCKET": "/b"]) == "/a")
        #expect(ConnectionOptions.path(option: nil, environment: ["MUSTER_SOCKET": "/b"]) == "/b")
        #expect(
            ConnectionOptions.path(option: nil, environment: ["MUSTER_SOCKET": ""])
                == "/run/musterd/command.sock")
    }

    @Test(arguments: [
        ["member", "add", "acme-us"], ["member", "add", "acme-us", "-", "a@x.example"],
        ["member", "add", "acme-us", "a@x.example", "--file", "f"],
        ["member", "add", "acme-us", "a@x.example", "--format", "engage"],
        ["member", "add", "acme-us", "--file", "f.csv"],
        ["member", "add", "acme-us", "--file", "f.txt", "--column", "email"],
        ["member", "add", "acme-us", "--file", "f.txt", "--audience", "k"],
        ["member", "add", "acme-us", "--file", "f.ndjson", "--atomic"],
        ["member", "add", "acme-us", "--file", "f", "--rejects", "-1"],
        ["member", "remove", "acme-us", "--file", "f.ndjson"], ["member", "import", "acme-us"],
        ["member", "import", "acme-us", "-", "-"],
        ["member", "import", "acme-us", "a.txt", "b.csv", "--column", "email"],
        ["member", "import", "acme-us", "a.ndjson", "b.ndjson"],
        ["member", "import", "acme-us", "a.ndjson", "--as-snapshot"],
        ["member", "import", "acme-us", "-", "--as-snapshot"],
        ["member", "import", "acme-us", "a.txt", "--yes"],
        ["member", "import", "acme-us", "a.txt", "--dry-run", "--resume", "abc"],
        ["member", "import", "acme-us", "a.txt", "--resume", "a-1"],
        ["member", "import", "acme-us", "a.txt", "--rejects-with-addresses"],
        ["member", "import", "acme-us", "a.txt", "--max-rejected", "101%"],
        ["member", "import", "acme-us", "a.txt", "--max-rejected", "-1"],
        ["member", "undo", "acme-us"], ["member", "undo", "acme-us", "--import", "A"],
        ["instance", "configure", "acme-us", "--daily-at", "03:00"],
        ["instance", "configure", "acme-us", "--enabled", "--disabled"],
        [
            "instance", "configure", "acme-us", "--external-audience-id", "x",
            "--no-external-audience-id",
        ],
        ["sync", "approve", "acme-us", "--run", "7"], ["sync", "now", "acme-us", "--run", "7"],
        ["why", "acme-us"], ["audience", "diff", "acme-us", "--to", "7"],
        ["audience", "export", "acme-us", "--at", "7", "--run", "7", "-o", "f"],
        ["audience", "export", "acme-us", "--json"], ["audience", "restore", "acme-us"],
        ["audience", "show", "acme-us", "--at", "yesterday"],
        ["nothing"], ["status", "--nothing"],
    ])
    func `what makes no sense is misuse`(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try Muster.parseAsRoot(arguments) }
        #expect(error.map { Muster.exitCode(for: $0) } == .validationFailure)
    }

    @Test(arguments: [
        (["acme-us", "--file", "f"], InputFormat.lines),
        (["acme-us", "-"], .lines),
        (["acme-us", "--file", "f.csv", "--column", "email"], .csv),
        (["acme-us", "--file", "f.ndjson"], .engage),
        (["acme-us", "--file", "f.jsonl", "--column", "email"], .ndjson),
        (["acme-us", "--file", "f.csv", "--format", "lines"], .lines),
    ])
    func `the file's name tells its format`(arguments: [String], format: InputFormat) throws {
        #expect(try MemberAdd.parse(arguments).input.kind == format)
    }

    @Test func `configure names only what was named`() throws {
        let named = try InstanceConfigure.parse([
            "acme-us", "--no-schedule", "--disabled", "--growth-factor", "3",
        ])
        var expected = Configuration()
        expected.schedule = .cleared
        expected.enabled = false
        expected.guardrails.growthFactor = 3
        #expect(named.settings == expected)
        #expect(try InstanceConfigure.parse(["acme-us"]).settings == Configuration())
    }

    @Test func `progress shows the share, the rate and what was rejected`() {
        #expect(
            Progress.text(
                done: 512 << 20, of: 1 << 30, rows: 2_000_000, rejected: 3, after: .seconds(4))
                == "[############............] 50 %  2,000,000 rows  500,000 a second  "
                + "512 MiB of 1,024 MiB  4 s left  3 rejected")
        #expect(
            Progress.text(done: 10, of: nil, rows: 1, rejected: 0, after: .zero)
                == "1 row  10 bytes")
    }
}
