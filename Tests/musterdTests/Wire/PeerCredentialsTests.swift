import ArgumentParser
import Foundation
import Glibc
import MusterCore
import NIOCore
import NIOPosix
import Testing

@testable import musterd

@Suite struct `The peer of a socket` {
    @Test func `is this process with all its groups, as the kernel says`() throws {
        var pair: [CInt] = [0, 0]
        let made = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair)
        #expect(made == 0)
        defer { for descriptor in pair { close(descriptor) } }
        let peer = try #require(Peer(connectedTo: pair[0]))
        #expect(peer.actor == .peer(uid: geteuid(), gid: getegid(), pid: getpid()))
        var groups = [gid_t](repeating: 0, count: 65_536)
        let count = unsafe getgroups(Int32(groups.count), &groups)
        #expect(peer.groups == Set(groups.prefix(Int(count))))
    }

    @Test func `is nobody where there is no socket`() {
        #expect(Peer(connectedTo: -1) == nil)
    }
}

@Suite struct `A group of the host` {
    @Test func `is found by its name and by its number`() throws {
        let root = try #require(HostGroup(named: "root"))
        #expect(root.id == 0)
        #expect(HostGroup(id: 0) == root)
    }

    @Test func `that does not exist is not found, and has its number for a name`() {
        #expect(HostGroup(named: "no such group") == nil)
        #expect(HostGroup(named: "") == nil)
        #expect(HostGroup(id: 4_000_000_123).name == "4000000123")
    }

    @Test func `owns the path of a socket`() async throws {
        let scratch = try Scratch()
        let path = scratch.path + "/socket"
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(unixDomainSocketPath: path).get()
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let owner = try #require(attributes[.groupOwnerAccountID] as? NSNumber)
        let group = try await channel.eventLoop.submit { HostGroup(owning: channel) }.get()
        #expect(group?.id == owner.uint32Value)
        try scratch.remove("socket")
        let gone = try await channel.eventLoop.submit { HostGroup(owning: channel) }.get()
        #expect(gone == nil)
        try await channel.close()
    }
}

@Suite struct `The group that may command too` {
    private func settings(_ group: String?, _ environment: [String: String] = [:]) throws
        -> HostGroup?
    {
        let flags = group.map { ["--admin-group", $0] } ?? []
        let settings = try StartSettings.parse(["--state-directory", "/nowhere"] + flags)
        return try settings.resolved(environment).adminGroup
    }

    @Test func `is named by a flag, or by the environment`() throws {
        #expect(try settings("root")?.id == 0)
        #expect(try settings(nil, ["MUSTERD_ADMIN_GROUP": "root"])?.id == 0)
        #expect(try settings(nil, ["MUSTERD_ADMIN_GROUP": ""]) == nil)
        #expect(try settings(nil) == nil)
    }

    @Test func `must exist`() {
        #expect(throws: SettingsError.adminGroup) { try settings("no such group") }
        #expect(throws: SettingsError.adminGroup) {
            try settings(nil, ["MUSTERD_ADMIN_GROUP": "no such group"])
        }
    }
}
