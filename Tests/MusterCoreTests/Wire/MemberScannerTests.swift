import Testing

@testable import MusterCore

/// How the general reader reads a text, or nil where it refuses it.
private func general(_ text: [UInt8]) -> Request? {
    do {
        return try Request.parseAny(text.span)
    } catch {
        return nil
    }
}

private func same(_ left: Request, _ right: Request) -> Bool {
    left.id == right.id && left.ask == right.ask && left.stamp == right.stamp
        && left.expectedVersion == right.expectedVersion && left.minPosition == right.minPosition
        && left.deadlineMilliseconds == right.deadlineMilliseconds && left.more == right.more
}

private let hash = String(repeating: "0a", count: 32)

/// Texts that are read in one pass.
private let usual = [
    #"{"id":1,"method":"member.add","params":{"instance":"a","member":"a@b"}}"#,
    #"{"id":-7,"method":"member.remove","params":{"instance":"a","member":"\#(hash)"}}"#,
    #"{"id":"x","method":"member.add","params":{"instance":"a.b-c","member":""},"commandId":"c:1"}"#,
    #" { "commandId" : "c" , "params" : { "member" : "A@B.example" , "instance" : "a" } , "#
        + #""method" : "member.add" , "id" : 1 } "#,
    #"{"id":1,"method":"member.add","params":{"members":["a@b","c+d@gmail.com","\#(hash)"],"#
        + #""atomic":true,"instance":"a"},"commandId":"c"}"#,
    #"{"id":1,"method":"member.add","commandId":"c","params":{"instance":"a","members":[ "a@b" , "x","#
        + "\n\t\"+49 30 123456\" ], \"atomic\":false}}",
    #"{"id":1,"method":"member.add","params":{"instance":"a","member":"jürgen@example.com"}}"#,
    #"{"id":"\#(String(repeating: "x", count: 64))","method":"member.add","params":"#
        + #"{"instance":"a","member":"\#(String(repeating: "y", count: 513))"}}"#,
]

/// Texts that are left to the general reader, whether it takes them or not.
private let unusual = [
    "", "{", "{}", "[]", "7", #"{"id":1}"#,
    #"{"id":1,"method":"ping"}"#,
    #"{"id":1,"method":"member.add"}"#,
    #"{"id":1,"method":"member.add","params":{}}"#,
    #"{"id":1,"method":"member.add","params":{"instance":"a"}}"#,
    #"{"id":1,"method":"member.add","params":{"member":"a@b"}}"#,
    #"{"id":1,"method":"member.add","params":{"instance":"A","member":"a@b"}}"#,
    #"{"id":1,"method":"member.add","params":{"instance":"a","members":[]}}"#,
    #"{"id":1,"method":"member.add","params":{"instance":"a","members":[1]}}"#,
    #"{"id":1,"method":"member.add","params":{"instance":"a","members":["a@b",]}}"#,
    #"{"id":1,"method":"member.add","params":{"instance":"a","members":["a@b"],"member":"a@b"}}"#,
    #"{"id":1,"method":"member.add","params":{"instance":"a","member":"a@b","member":"a@b"}}"#,
    #"{"id":1,"method":"member.add","params":{"instance":"a","member":"a\u0040b"}}"#,
    #"{"id":1,"method":"member.add","params":{"instance":"a","member":"a@b","atomic":1}}"#,
    #"{"id":1,"method":"member.add","params":{"instance":"a","member":"a@b","other":1}}"#,
    #"{"id":1,"id":1,"method":"member.add","params":{"instance":"a","member":"a@b"}}"#,
    #"{"id":1,"method":"member.add","params":{"instance":"a","member":"a@b"},"more":false}"#,
    #"{"id":1,"method":"member.add","params":{"instance":"a","member":"a@b"},"commandId":"a b"}"#,
    #"{"id":1.5,"method":"member.add","params":{"instance":"a","member":"a@b"}}"#,
    #"{"id":1,"method":"member.add","params":{"instance":"a","member":"a@b"}}x"#,
    #"{"id":1,"method":"member.show","params":{"instance":"a","member":"a@b"}}"#,
    "{\"id\":1,\"method\":\"member.add\",\"params\":{\"instance\":\"a\",\"member\":\"a\u{1}@b\"}}",
    "\u{feff}" + #"{"id":1,"method":"member.add","params":{"instance":"a","member":"a@b"}}"#,
    #"{"id":"\#(String(repeating: "x", count: 65))","method":"member.add","params":"#
        + #"{"instance":"a","member":"a@b"}}"#,
]

@Suite struct `The scanner of member commands` {
    @Test(arguments: usual) func `reads the usual ones as the general reader does`(text: String)
        throws
    {
        let bytes = Array(text.utf8)
        let scanned = MemberScanner.request(bytes.span)
        let request = try #require(scanned)
        #expect(same(request, try Request.parseAny(bytes.span)))
    }

    @Test(arguments: unusual) func `leaves others alone`(text: String) {
        #expect(MemberScanner.request(Array(text.utf8).span) == nil)
    }

    @Test func `leaves bytes alone that are not UTF-8`() throws {
        var bytes = Array(usual[0].utf8)
        let at = try #require(bytes.lastIndex(of: UInt8(ascii: "@")))
        bytes[at - 1] = 0xff
        #expect(MemberScanner.request(bytes.span) == nil)
    }

    @Test(arguments: [MemberList.limit, MemberList.limit + 1])
    func `takes as many members as a command may have`(count: Int) {
        let members = [String](repeating: #""a@b""#, count: count).joined(separator: ",")
        let text =
            #"{"id":1,"method":"member.add","params":{"instance":"a","members":[\#(members)]}}"#
        #expect(
            (MemberScanner.request(Array(text.utf8).span) != nil) == (count == MemberList.limit))
    }

    /// Bytes are changed, left out, doubled and put in; whatever is then read in one pass must be
    /// read alike in general.
    @Test(arguments: 0..<20) func `never takes what the general reader reads otherwise`(seed: Int) {
        var random = Seeded(UInt64(seed))
        var taken = 0
        for _ in 0..<1000 {
            var bytes = Array(usual[Int.random(in: 0..<usual.count, using: &random)].utf8)
            for _ in 0...Int.random(in: 0...2, using: &random) { change(&bytes, &random) }
            guard let request = MemberScanner.request(bytes.span) else { continue }
            taken += 1
            guard let expected = general(bytes), same(request, expected) else {
                Issue.record("\(String(decoding: bytes, as: UTF8.self))")
                return
            }
        }
        #expect(taken > 50)
    }

    private func change(_ bytes: inout [UInt8], _ random: inout Seeded) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let signs = Array(" \t\n\"\\{}[]:,@+.-0aZ\u{e9}\0".utf8)
        let sign = signs[Int.random(in: 0..<signs.count, using: &random)]
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = sign
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(bytes[place], at: place)
        default: bytes.insert(sign, at: place)
        }
    }
}
