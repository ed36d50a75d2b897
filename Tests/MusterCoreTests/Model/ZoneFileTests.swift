import MusterCore
import Testing

@Suite
struct ZoneFileTests {
    /// Local mean time, then five hours behind, then the rule from 2007 on.
    private static let source = ZoneFileSource(
        offsets: [-17_762, -18_000, -14_400],
        changes: [(-2_717_650_800, 1), (1_173_596_400, 2), (1_194_156_000, 1)],
        footer: "EST5EDT,M3.2.0,M11.1.0")

    /// Where the second header begins: after a header, one type and a name of four bytes.
    private static let second = 44 + 6 + 4

    private func zone(_ bytes: [UInt8]) throws -> Zone { try Zone(name: "X", tzif: bytes) }

    @Test(arguments: [
        (-9_000_000_000, -17_762), (-2_717_650_801, -17_762), (-2_717_650_800, -18_000),
        (1_173_596_399, -18_000), (1_173_596_400, -14_400), (1_194_155_999, -14_400),
        (1_194_156_000, -18_000), (1_772_953_199, -18_000), (1_772_953_200, -14_400),
        (1_793_512_800, -18_000), (4_086_000_000, -14_400),
    ])
    func `the table holds first and the rule after it`(second: Int64, offset: Int) throws {
        let zone = try zone(Self.source.bytes)
        #expect(zone.offset(at: Timestamp(milliseconds: second * 1000)) == offset)
        #expect(zone.offset(at: Timestamp(milliseconds: second * 1000 + 999)) == offset)
    }

    @Test
    func `without a rule the last offset stays`() throws {
        var source = Self.source
        source.footer = ""
        let zone = try zone(source.bytes)
        #expect(zone.offset(at: Timestamp(milliseconds: 1_784_073_600_000)) == -18_000)
    }

    @Test
    func `without changes the rule holds at all times`() throws {
        let source = ZoneFileSource(offsets: [0], changes: [], footer: "EST5EDT,M3.2.0,M11.1.0")
        let zone = try zone(source.bytes)
        #expect(zone.offset(at: Timestamp(milliseconds: -2_208_988_800_000)) == -18_000)
        #expect(zone.offset(at: Timestamp(milliseconds: 1_784_073_600_000)) == -14_400)
    }

    @Test(arguments: 0..<source.bytes.count)
    func `a file cut short is refused`(length: Int) {
        #expect(throws: ZoneError.self) { try zone(Array(Self.source.bytes.prefix(length))) }
    }

    @Test(
        arguments: [
            (0, 0x58, .notAZoneFile), (4, 0, .oldVersion), (4, 0x31, .notAZoneFile),
            (second, 0x58, .notAZoneFile), (second + 4, 0, .oldVersion),
            (second + 20, 1, .badTable), (second + 24, 1, .badTable),
            (second + 31, 1, .leapSeconds),
            (second + 32, 0xFF, .truncated), (second + 39, 0, .badTable),
            (second + 38, 2, .badTable),
            (second + 43, 0, .badTable),
            // The sign of the second change, the type after it, the first type's three fields.
            (second + 44 + 8, 0x80, .badTable), (second + 44 + 8, 0x7F, .badTable),
            (second + 44 + 25, 3, .badTable), (second + 44 + 27, 0x7F, .badTable),
            (second + 44 + 31, 2, .badTable), (second + 44 + 32, 4, .badTable),
            // The line feed before the rule and its first letter.
            (second + 44 + 49, 0x20, .badRule), (second + 44 + 50, 0x20, .badRule),
        ] as [(Int, UInt8, ZoneError)])
    func `one damaged byte is named`(index: Int, byte: UInt8, error: ZoneError) {
        var bytes = Self.source.bytes
        bytes[index] = byte
        #expect(throws: error) { try zone(bytes) }
    }

    @Test(arguments: ["\n", "x\n", "\n\n"])
    func `bytes after the rule are refused`(tail: String) {
        #expect(throws: ZoneError.badRule) { try zone(Self.source.bytes + Array(tail.utf8)) }
    }

    @Test
    func `no single byte changed makes the reader fail otherwise`() {
        let bytes = Self.source.bytes
        for index in bytes.indices {
            for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
                var damaged = bytes
                damaged[index] = value
                do throws(ZoneError) {
                    let zone = try Zone(name: "X", tzif: damaged)
                    #expect(abs(zone.offset(at: Timestamp(milliseconds: .max))) <= 93_600)
                } catch {
                    #expect(!error.message.isEmpty)
                }
            }
        }
    }
}
