import Foundation
import MusterClient
import MusterCore
import Testing

/// A vector of proto-docs/conformance.json for clients.
struct ClientVector: Sendable, CustomTestStringConvertible {
    private let json: JSON

    var testDescription: String { json["about"].string ?? "" }
    var expected: JSON { json["expect"] }
    var requests: Int64 { json["requests"].integer ?? 0 }

    var request: MusterClient.Request {
        let call = json["call"]
        return MusterClient.Request(
            call["method"].string ?? "",
            JSONValue(call["params"].object.map { .object($0) } ?? [:]),
            expectedVersion: call["expectedVersion"].integer.map { Int($0) })
    }

    /// What the server does after a request over the nth connection, counted from 1.
    func steps(_ connection: Int, _ request: JSON) -> [ScriptedServer.Step] {
        let connections = json["connections"].array ?? []
        guard connections.indices.contains(connection - 1) else { return [.hangUp] }
        return (connections[connection - 1].array ?? []).flatMap { step -> [ScriptedServer.Step] in
            if step["close"] == true { return [.hangUp] }
            var bytes = step["bytes"].string.map(Self.bytes) ?? []
            if var reply = step["reply"].object {
                if reply["id"] == "$id" { reply["id"] = request["id"] }
                Frame.encode(JSON.object(reply).encoded(), into: &bytes)
            }
            let size = step["pieces"].integer.map { Int($0) } ?? bytes.count
            return stride(from: 0, to: bytes.count, by: size).map {
                .sendBytes(Array(bytes.dropFirst($0).prefix(size)))
            }
        }
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(digits[$0..<$0 + 2]), radix: 16)
        }
    }

    static let all: [ClientVector] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "proto-docs/conformance.json")
        // A file that cannot be read has no vectors, and the test that counts them fails.
        let json = (try? Data(contentsOf: file)).flatMap { try? JSON.parse(Array($0)) }
        return (json?["client"].array ?? []).map { ClientVector(json: $0) }
    }()
}

extension JSON {
    /// Whether it has at least what `pattern` has.
    fileprivate func has(_ pattern: JSON) -> Bool {
        guard case .object(let members) = pattern, !members.members.isEmpty else {
            return self == pattern
        }
        return members.members.allSatisfy { self[$0.name].has($0.value) }
    }
}

@Suite struct `A client` {
    @Test func `has vectors`() {
        #expect(ClientVector.all.count > 10)
    }

    @Test(arguments: ClientVector.all)
    func `conforms to the vectors of the protocol`(vector: ClientVector) async throws {
        let server = try await ScriptedServer.start { connection, requests in
            requests.last.map { vector.steps(connection, $0) } ?? []
        }
        let muster = try await MusterConnection.connect(path: server.path)
        let outcome: JSON
        do throws(ClientError) {
            let reply = try await muster.call(vector.request)
            outcome = [
                "reply": [
                    "result": reply.result.json, "position": .integer(Int64(reply.position)),
                    "version": reply.version.map { JSON.integer(Int64($0)) } ?? .null,
                    "replayed": .bool(reply.wasReplayed),
                ]
            ]
        } catch .refused(let error) {
            outcome = [
                "error": [
                    "name": .string(error.name), "family": .string(error.family),
                    "details": error.details.json, "retryable": .bool(error.isRetryable),
                    "applied": error.wasApplied ? "yes" : "no", "remedy": .string(error.remedy),
                ]
            ]
        } catch .protocolViolation {
            outcome = ["fails": "protocol"]
        } catch {
            outcome = ["fails": "connection"]
        }
        #expect(outcome.has(vector.expected), "\(outcome)")
        let requests = server.requests.flatMap(\.self)
        #expect(requests.count == Int(vector.requests))
        #expect(Set(requests.map { $0["commandId"] }).count == 1)
        await muster.close()
        try await server.close()
    }
}
