import MusterCore
import Testing

@testable import ttd_sandbox

@Suite struct RowReaderTests {
    private func receipt(
        _ text: String, _ piiType: TradeDesk.PIIType, keepRows: Int = 100, chunk: Int = .max
    ) -> UploadReceipt {
        var reader = RowReader(piiType: piiType, keepRows: keepRows)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            reader.read(Array(rest.prefix(chunk)))
            rest = rest.dropFirst(chunk)
        }
        return reader.finish()
    }

    private static let first = "sZZDLHuYmiypHIN5mVfFFdpT5sE6vyC3j+qU8RfpC/g="
    private static let second = "tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ="

    @Test(arguments: [1, 7, 44, 45, 46, 1000])
    func `how the bytes are cut changes nothing`(chunk: Int) {
        let text = "\(Self.first)\n\(Self.second)\n\(Self.second)\nx\n\(Self.first)"
        #expect(receipt(text, .hashedEmail, chunk: chunk) == receipt(text, .hashedEmail))
    }

    @Test func `good rows are counted and nothing is found`() {
        let receipt = receipt("\(Self.first)\n\(Self.second)\n", .hashedEmail)
        #expect(receipt.bytes == 90)
        #expect(receipt.rows == 2)
        #expect(receipt.invalidRows == 0)
        #expect(receipt.duplicateRows == 0)
        #expect(receipt.isSortedByDigest)
        #expect(receipt.endsWithNewline)
    }

    @Test func `order, repetition and a missing last newline are found`() {
        let receipt = receipt("\(Self.second)\n\(Self.first)\n\(Self.second)", .hashedEmail)
        #expect(receipt.rows == 3)
        #expect(receipt.duplicateRows == 1)
        #expect(!receipt.isSortedByDigest)
        #expect(!receipt.endsWithNewline)
    }

    @Test(
        arguments: [
            ("", .hashedEmail), ("x", .hashedEmail), (String(first.dropLast()), .hashedEmail),
            (first + "\r", .hashedEmail), (String(repeating: "!", count: 44), .hashedEmail),
            ("b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514", .hashedEmail),
            ("jane@example.com", .hashedEmail), (first, .email), ("", .email), ("@b", .email),
            ("a@", .email), ("a@b@c", .email), ("a b@c", .email), ("a@b\r", .email),
            (String(repeating: "a", count: 320) + "@b", .email),
            (String(repeating: "a", count: 5000) + "@b", .email),
        ] as [(String, TradeDesk.PIIType)])
    func `a row of the wrong kind is invalid`(row: String, piiType: TradeDesk.PIIType) {
        let receipt = receipt(row + "\n", piiType)
        #expect(receipt.rows == 1)
        #expect(receipt.invalidRows == 1)
    }

    @Test func `an empty upload has no rows`() {
        let receipt = receipt("", .email)
        #expect(receipt.rows == 0)
        #expect(receipt.endsWithNewline)
        #expect(
            receipt.sha256
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func `no more rows are kept than asked for`() {
        var reader = RowReader(piiType: .email, keepRows: 2)
        reader.read(Array("a@b\nc@d\na@b\na@b\n".utf8))
        let receipt = reader.finish()
        #expect(reader.kept == Array("a@b\nc@d\n".utf8))
        #expect(receipt.rows == 4)
        #expect(receipt.duplicateRows == 1)
    }
}
