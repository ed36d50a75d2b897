import Testing

@testable import MusterCore

/// What a window must tell, kept in the plainest way.
private struct PlainWindow {
    let limit: Int
    var kept: [(id: CommandID, receipt: Receipt)] = []

    mutating func keep(_ receipt: Receipt, of id: CommandID) {
        kept.append((id, receipt))
        if kept.count > limit { kept.removeFirst() }
    }

    func receipt(of id: CommandID) -> Receipt? { kept.first { $0.id == id }?.receipt }
}

private func id(_ number: Int) throws -> CommandID {
    try #require(CommandID("command:\(number)"))
}

private func receipt(_ number: Int) -> Receipt {
    Receipt(
        check: 1, position: UInt64(number), version: 2, changed: 3, unchanged: 4, members: 5,
        isCreation: false)
}

@Suite struct `A window of receipts` {
    @Test(arguments: [1, 2, 40, 64, 65, 1000])
    func `keeps the same ones however often somebody looks ahead`(limit: Int) throws {
        var random = Seeded(UInt64(limit))
        var window = ReceiptWindow(limit: limit)
        let count = 2 * limit + 500
        for number in 0..<count {
            for _ in 0..<Int.random(in: 0...3, using: &random) * number % 100 {
                window.prefetch(try id(number))
            }
            window.keep(receipt(number), of: try id(number))
        }
        var kept: [UInt64] = []
        window.forEach { _, receipt in kept.append(receipt.position) }
        #expect(kept == (count - limit..<count).map(UInt64.init))
    }

    @Test(arguments: [1, 2, 100, 4095, 4096, 4097, 10_000])
    func `finds the last ones that came, and no others`(limit: Int) throws {
        var window = ReceiptWindow(limit: limit)
        let count = 2 * limit + 9000
        for number in 0..<count { window.keep(receipt(number), of: try id(number)) }
        #expect(window.count == limit)
        for number in 0..<count {
            let id = try id(number)
            let found = window.receipt(of: id, hash: id.hash)
            guard found == (number < count - limit ? nil : receipt(number)) else {
                Issue.record("the one of number \(number) of \(count)")
                return
            }
        }
        var next = count - limit
        window.forEach { _, receipt in
            #expect(receipt.position == UInt64(next))
            next += 1
        }
        #expect(next == count)
    }

    @Test(arguments: 0..<8) func `agrees with a list that is searched`(seed: Int) throws {
        var random = Seeded(UInt64(seed))
        var window = ReceiptWindow(limit: 60)
        var plain = PlainWindow(limit: 60)
        for step in 0..<3000 {
            let id = try id(Int.random(in: 0..<300, using: &random))
            let found = window.receipt(of: id, hash: id.hash)
            #expect(found == plain.receipt(of: id))
            guard found == nil else { continue }
            window.keep(receipt(step), of: id)
            plain.keep(receipt(step), of: id)
        }
    }

    @Test func `tells ids apart whose hash values are the same`() throws {
        var window = ReceiptWindow(limit: 9)
        window.keep(receipt(1), of: try id(1))
        #expect(window.receipt(of: try id(2), hash: try id(1).hash) == nil)
    }

    @Test func `keeps what it was while a copy goes on`() throws {
        var window = ReceiptWindow(limit: 100)
        for number in 0..<100 { window.keep(receipt(number), of: try id(number)) }
        let before = window
        for number in 100..<200 { window.keep(receipt(number), of: try id(number)) }
        for number in 0..<200 {
            let id = try id(number)
            #expect((before.receipt(of: id, hash: id.hash) != nil) == (number < 100))
            #expect((window.receipt(of: id, hash: id.hash) != nil) == (number >= 100))
        }
    }
}
