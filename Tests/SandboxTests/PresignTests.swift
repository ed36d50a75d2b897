import FoundationEssentials
import Synchronization
import Testing

@testable import ttd_sandbox

@Suite struct PresignTests {
    /// A clock that is set by hand.
    private final class Clock: Sendable {
        private let time = Mutex(Date(timeIntervalSince1970: 1_787_313_600))

        var now: Date { time.withLock { $0 } }

        func advance(_ seconds: Int) {
            time.withLock { $0.addTimeInterval(TimeInterval(seconds)) }
        }
    }

    private let clock = Clock()
    private let presign: Presign
    private let target: String

    init() {
        let clock = clock
        presign = Presign(seconds: 3600, now: { clock.now })
        target = presign.target(advertiser: "a", reference: "r", host: "h:1")
    }

    @Test func `a URL looks like S3's`() {
        let before =
            "/upload/data/advertiser/a/drop/r/pii?X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + "&X-Amz-Date=20260821T120000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host"
            + "&X-Amz-Signature="
        #expect(target.hasPrefix(before))
        #expect(target.trimmingPrefix(before).wholeMatch(of: /[0-9a-f]{64}&/) != nil)
    }

    @Test(arguments: [0, 3599])
    func `a URL is good until it expires`(seconds: Int) throws {
        clock.advance(seconds)
        try presign.check(target: target, host: "h:1")
        try presign.check(target: String(target.dropLast()), host: "h:1")
    }

    @Test(arguments: [3600, 86_400])
    func `an expired URL is refused`(seconds: Int) {
        clock.advance(seconds)
        #expect(throws: UploadRefused.expired) {
            try presign.check(target: target, host: "h:1")
        }
    }

    @Test(arguments: [
        ("advertiser/a", "advertiser/b"), ("Date=2026", "Date=2027"), ("3600", "7200"),
        ("host&", "host&x=1&"), ("Signature=", "Signature=0"),
    ])
    func `a changed URL is refused`(part: String, change: String) {
        #expect(throws: UploadRefused.tampered) {
            try presign.check(target: target.replacing(part, with: change), host: "h:1")
        }
    }

    @Test func `what follows the signature, another host or another key is refused`() {
        #expect(throws: UploadRefused.tampered) {
            try presign.check(target: target + "x=1", host: "h:1")
        }
        #expect(throws: UploadRefused.tampered) {
            try presign.check(target: target, host: "h:2")
        }
        let other = Presign(seconds: 3600, now: { Date(timeIntervalSince1970: 1_787_313_600) })
        #expect(throws: UploadRefused.tampered) {
            try other.check(target: target, host: "h:1")
        }
    }

    @Test(arguments: ["/upload", "/upload?X-Amz-Expires=3600"])
    func `a URL without a signature is refused`(target: String) {
        #expect(throws: UploadRefused.unsigned) {
            try presign.check(target: target, host: "h:1")
        }
    }
}
