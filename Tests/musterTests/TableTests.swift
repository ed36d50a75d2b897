import Testing

@testable import muster

@Suite
struct TableTests {
    @Test func `columns are aligned and lines end where their text ends`() {
        var table = Table([("NAME", .left), ("MEMBERS", .right), ("STATE", .left)])
        table.add(["acme-us", 1_234_567.grouped, "held"])
        table.add(["b", 7.grouped, ""])
        #expect(
            table.text == """
                NAME       MEMBERS  STATE
                acme-us  1,234,567  held
                b                7
                """)
    }

    @Test func `without titles there is no head`() {
        var sheet = Sheet("acme-us")
        sheet.add("members", "7")
        sheet.add("segment", nil)
        sheet.add("next sync", "none")
        #expect(
            sheet.text == """
                acme-us
                  members    7
                  next sync  none
                """)
    }

    @Test func `a cell cannot steer the terminal`() {
        var table = Table([("", .left)])
        table.add(["a\u{1B}[31mb\u{9B}c"])
        #expect(table.text == "a\u{FFFD}[31mb\u{FFFD}c")
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (-12_345, "-12,345"), (1_000_000, "1,000,000"),
    ])
    func `thousands are parted`(number: Int, text: String) {
        #expect(number.grouped == text)
    }

    @Test(arguments: [
        (1, "1 byte"), (1023, "1,023 bytes"), (1024, "1 KiB"), (10_240 * 1024, "10 MiB"),
        (5 << 30, "5,120 MiB"), (50 << 30, "50 GiB"),
    ])
    func `sizes are in units that keep their digits`(bytes: Int, text: String) {
        #expect(bytes.size == text)
    }

    @Test(arguments: [
        ("2026-11-23T03:00:00.000Z", "2026-11-23 03:00:00 UTC"), ("soon", "soon"),
    ])
    func `times are readable`(time: String, text: String) {
        #expect(time.readableTime == text)
    }
}
