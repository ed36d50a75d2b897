/// The Trade Desk's Platform API as values: what is called, what is sent and what comes back.
///
/// Only what has been seen in use is here. Property names on the wire are in Pascal case; answers
/// may gain properties at any time, so unknown ones are passed over.
package enum TradeDesk {
    /// The header that carries the token to the API, and never to an upload URL.
    package static let tokenHeader = "TTD-Auth"
    /// The answer header that names one call in TTD's own logs.
    package static let requestIDHeader = "x-ttd-request-id"
    /// The one way Muster changes a segment: what it held is replaced by what is sent.
    package static let replace = "Replace"

    /// One call of the API.
    package enum Call: Sendable, Equatable {
        case listSegments(advertiser: String, pagingToken: String?)
        case createSegment(SegmentCreation)
        case openDrop(advertiser: String, crmDataID: String, DropOpening)
        case dropStatus(advertiser: String, crmDataID: String, reference: String)
        /// Deletes the segment and purges what it holds: never done without a person asking.
        case deleteSegment(advertiser: String, crmDataID: String)
    }
}

extension TradeDesk.Call {
    /// The HTTP method.
    package var method: String {
        switch self {
        case .listSegments, .dropStatus: "GET"
        case .createSegment, .openDrop: "POST"
        case .deleteSegment: "DELETE"
        }
    }

    /// Path and query, percent-encoded, to be put behind an endpoint such as `https://…/v3`.
    package var path: String {
        switch self {
        case .listSegments(let advertiser, let pagingToken):
            TradeDesk.listPath(advertiser: advertiser, pagingToken: pagingToken)
        case .createSegment:
            "/crmdata/targeting/segment"
        case .openDrop(let advertiser, let crmDataID, _),
            .deleteSegment(let advertiser, let crmDataID):
            TradeDesk.segmentPath(advertiser, crmDataID)
        case .dropStatus(let advertiser, let crmDataID, let reference):
            TradeDesk.segmentPath(advertiser, crmDataID, reference)
        }
    }

    /// What goes out as the JSON body, if the call has one.
    package var body: (any Encodable & Sendable)? {
        switch self {
        case .createSegment(let creation): creation
        case .openDrop(_, _, let opening): opening
        case .listSegments, .dropStatus, .deleteSegment: nil
        }
    }
}

extension TradeDesk {
    /// The path of one page of an advertiser's segments.
    package static func listPath(advertiser: String, pagingToken: String?) -> String {
        let path = segmentPath(advertiser)
        guard let pagingToken else { return path }
        return path + "?pagingToken=" + percentEncoded(pagingToken)
    }

    fileprivate static func segmentPath(_ components: String...) -> String {
        components.reduce(into: "/crmdata/segment") { $0 += "/" + percentEncoded($1) }
    }

    /// `text` with every byte of its UTF-8 escaped that RFC 3986 does not call unreserved.
    package static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
