import Crypto
import FoundationEssentials
import MusterCore

/// Reads the rows of an upload as they come, in memory that does not grow with them.
struct RowReader {
    /// A longer row is invalid and is not looked at.
    private static let rowLimit = 1024

    private let piiType: TradeDesk.PIIType
    private let keepRows: Int
    private var hash = SHA256()
    private var receipt = UploadReceipt()
    private var row: [UInt8] = []
    private var isRowOpen = false
    private var last: [UInt8]?
    private var seen: Set<[UInt8]> = []
    private(set) var kept: [UInt8] = []

    init(piiType: TradeDesk.PIIType, keepRows: Int) {
        self.piiType = piiType
        self.keepRows = keepRows
    }

    mutating func read(_ bytes: [UInt8]) {
        hash.update(data: bytes)
        receipt.bytes += bytes.count
        var start = 0
        for newline in bytes.indices where bytes[newline] == UInt8(ascii: "\n") {
            extend(bytes[start..<newline])
            endRow(withNewline: true)
            start = newline + 1
        }
        extend(bytes[start...])
    }

    /// What was read, once all was.
    mutating func finish() -> UploadReceipt {
        if isRowOpen {
            endRow(withNewline: false)
            receipt.endsWithNewline = false
        }
        receipt.sha256 = hexadecimal(hash.finalize())
        return receipt
    }

    private mutating func extend(_ bytes: ArraySlice<UInt8>) {
        guard !bytes.isEmpty else { return }
        isRowOpen = true
        row += bytes.prefix(Self.rowLimit + 1 - row.count)
    }

    private mutating func endRow(withNewline: Bool) {
        receipt.rows += 1
        if receipt.rows <= keepRows {
            kept += row
            if withNewline { kept.append(UInt8(ascii: "\n")) }
        }
        if let digest = digest(of: row) {
            take(digest)
        } else {
            receipt.invalidRows += 1
        }
        row.removeAll(keepingCapacity: true)
        isRowOpen = false
    }

    /// Beyond the rows that are kept only neighbours are compared.
    private mutating func take(_ digest: [UInt8]) {
        let isKept = receipt.rows <= keepRows
        if digest == last || (isKept && !seen.insert(digest).inserted) {
            receipt.duplicateRows += 1
        }
        if let last, digest.lexicographicallyPrecedes(last) { receipt.isSortedByDigest = false }
        last = digest
    }

    /// The 32 bytes a row stands for; nil if it is no row of the drop's kind.
    private func digest(of row: [UInt8]) -> [UInt8]? {
        switch piiType {
        case .email: isAddress(row) ? Array(SHA256.hash(data: row)) : nil
        case .hashedEmail:
            row.count == 44
                ? Data(base64Encoded: Data(row)).flatMap { $0.count == 32 ? Array($0) : nil } : nil
        }
    }

    private func isAddress(_ row: [UInt8]) -> Bool {
        let at = UInt8(ascii: "@")
        return row.count <= 320 && row.count(where: { $0 == at }) == 1
            && row.first != at && row.last != at && row.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
}
