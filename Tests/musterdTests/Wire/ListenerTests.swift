import Foundation
import Glibc
import MusterCore
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@testable import musterd

/// A daemon's socket, served until the test has ended.
private struct Served {
    let bench: Bench
    let path: String
    let queryPath: String
    private let group: ServiceGroup

    /// Serves a socket while `body` runs.
    static func run(_ facts: [Fact] = audience(), _ body: (Served) async throws -> Void)
        async throws
    {
        let served = try await Served(facts)
        let group = served.group
        let service = Task { try await group.run() }
        do {
            try await eventually { FileManager.default.fileExists(atPath: served.queryPath) }
            try await body(served)
        } catch {
            service.cancel()
            _ = await service.result
            throw error
        }
        await group.triggerGracefulShutdown()
        try await service.value
    }

    private init(_ facts: [Fact]) async throws {
        bench = try await Bench(facts)
        path = bench.scratch.path + "/socket"
        queryPath = bench.scratch.path + "/query"
        let listener = Listener(
            command: .path(path), query: .path(queryPath), engine: try bench.engine, logger: quiet)
        group = ServiceGroup(services: [listener], logger: quiet)
    }

    /// What SIGTERM does.
    func stop() async { await group.triggerGracefulShutdown() }
}

@Suite(.timeLimit(.minutes(1))) struct `A socket` {
    @Test func `answers many frames in order, and knows who sent them`() async throws {
        try await Served.run { served in
            try await SocketClient.talk(to: served.path) { client in
                for number in 1...200 { try await client.send(adding(number + 20, id: number)) }
                for number in 1...200 {
                    let answer = try await client.reply()
                    #expect(answer?.id == .integer(Int64(number)))
                    #expect(answer?.position == Int64(number + 2))
                }
                try await client.send(request("sync.now", #"{"instance": "acme-us"}"#))
                let run = try #require(try await client.reply()?["result", "run"])
                try await client.send(request("sync.show", #"{"run": \#(run.integer ?? 0)}"#))
                let actor = try await client.reply()?["result", "actor"]
                #expect(
                    actor
                        == [
                            "uid": .integer(Int64(getuid())), "gid": .integer(Int64(getgid())),
                            "pid": .integer(Int64(getpid())),
                        ])
            }
        }
    }

    @Test func `tells stray text apart and closes`() async throws {
        try await Served.run { served in
            try await SocketClient.talk(to: served.path) { client in
                try await client.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
                let answer = try await client.reply()
                #expect(answer?["error", "details"] == ["first": "47455420"])
                #expect(try await client.reply() == nil)
            }
        }
    }

    @Test func `reads a frame over the limit off and serves the next`() async throws {
        try await Served.run { served in
            try await SocketClient.talk(to: served.path) { client in
                let spaces = [UInt8](repeating: 0x20, count: 5 << 20)
                var bytes: [UInt8] = []
                Frame.encode(spaces, into: &bytes)
                try await client.send(bytes)
                try await client.send(request("ping"))
                #expect(try await client.reply()?.error == "frame.too_large")
                #expect(try await client.reply()?.result == [:])
            }
        }
    }

    @Test func `answers what is computed beside the loop`() async throws {
        try await Served.run { served in
            try await SocketClient.talk(to: served.path) { client in
                try await client.send(
                    request("sync.plan", #"{"instance": "acme-us"}"#),
                    request("status", #"{"stateHash": true}"#, id: 2))
                var answers: [Answer] = []
                for _ in 0..<2 { answers.append(try #require(try await client.reply())) }
                let plan = try #require(answers.first { $0.id == 1 })
                #expect(plan["result", "count"] == 20)
                #expect(plan["result", "digest"] == .string(Digest.sha256(rows(1...20)).hex))
                #expect(plan["result", "bytes"] == .integer(Int64(rows(1...20).count)))
                #expect(plan["result", "stop"] == .null)
                let status = try #require(answers.first { $0.id == 2 })
                let hash = StateHash.of(try await served.bench.state).hex
                #expect(status["result", "stateHash"] == .string(hash))
            }
        }
    }

    @Test func `checks an audience beside the loop, and not for the query socket`() async throws {
        try await Served.run { served in
            let check = request("instance.check", #"{"instance": "acme-us"}"#)
            try await SocketClient.talk(to: served.path) { client in
                try await client.send(check)
                let answer = try #require(try await client.reply())
                #expect(answer["result", "token"] == "ok")
                #expect(answer["result", "segment"] == "absent")
                #expect(answer["result", "problem"] == .null)
                #expect(answer.version == 2)
            }
            try await SocketClient.talk(to: served.queryPath) { client in
                try await client.send(check)
                #expect(try await client.reply()?.error == "access.denied")
            }
            #expect(served.bench.desk.routes == [.list])
        }
    }

    @Test func `tells what made somebody a member, and names nobody`() async throws {
        try await Served.run { served in
            try await SocketClient.talk(to: served.path) { client in
                let removing = removing(3, id: 1)
                let asking = { (number: Int, id: Int) in
                    request(
                        "member.show",
                        #"{"instance": "acme-us", "member": "\#(person(number).hex)", "#
                            + #""history": true}"#, id: id)
                }
                try await client.send(removing, asking(3, 2))
                #expect(try await client.reply()?.error == nil)
                let gone = try #require(try await client.reply())
                #expect(gone["result", "member"] == false)
                #expect(gone.position == 3 && gone.version == 3)
                let events = gone["result", "history"]?.array?.compactMap(\.object) ?? []
                #expect(events.map { $0["position"] } == [3, 2])
                #expect(events.map { $0["event"] } == ["membersRemoved", "membersAdded"])
                #expect(events[0]["actor"]?.object?["uid"]?.integer == Int64(getuid()))
                #expect(events[1]["actor"] == "daemon")
                #expect(events.map { $0["members"] } == [1, 20])
                let told = ["position", "at", "event", "actor", "members"]
                #expect(events.allSatisfy { $0.members.map(\.name) == told })
                try await client.send(asking(99, 3))
                let stranger = try #require(try await client.reply())
                #expect(
                    stranger.result == ["member": false, "history": [], "truncated": false])
            }
        }
    }

    @Test func `turns a user's 65th connection away, and takes another when one has gone`()
        async throws
    {
        try await Served.run { served in
            var crowd = try await connections(32, to: served.path)
            crowd += try await connections(32, to: served.queryPath)
            try await SocketClient.talk(to: served.path) { refused in
                let answer = try await refused.reply()
                #expect(answer?.error == "server.busy")
                #expect(answer?["error", "details", "limit"] == "maxConnectionsPerUser")
                #expect(answer?.id == .null)
                #expect(try await refused.reply() == nil)
            }
            try await crowd[0].close()
            try await eventually {
                try await SocketClient.talk(to: served.path) { client in
                    try await client.send(request("ping"))
                    return try await client.reply()?.error == nil
                }
            }
            for channel in crowd.dropFirst() { try await channel.close() }
        }
    }

    @Test func `for queries takes no command`() async throws {
        try await Served.run { served in
            try await SocketClient.talk(to: served.queryPath) { client in
                try await client.send(adding(30), request("ping", id: 2))
                #expect(try await client.reply()?.error == "access.denied")
                #expect(try await client.reply()?.result == [:])
            }
            #expect(try await served.bench.state.position == 2)
        }
    }

    private func connections(_ count: Int, to path: String) async throws -> [any Channel] {
        var channels: [any Channel] = []
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        for _ in 0..<count {
            channels.append(try await bootstrap.connect(unixDomainSocketPath: path).get())
        }
        return channels
    }

    @Test func `that is stopped answers what it has read, keeps it, and closes`() async throws {
        try await Served.run { served in
            try await SocketClient.talk(to: served.path) { client in
                for number in 1...500 { try await client.send(adding(number + 20, id: number)) }
                #expect(try await client.reply()?.error == nil)
                await served.stop()
                var acknowledged = 1
                while let answer = try await client.reply() {
                    #expect(answer.error == nil)
                    acknowledged += 1
                }
                let kept = try Bench.facts(in: served.bench.scratch).count
                #expect(kept == acknowledged + 2)
            }
        }
    }
}
