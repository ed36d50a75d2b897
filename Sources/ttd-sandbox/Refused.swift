import FoundationEssentials
import HTTPTypes
import Hummingbird
import MusterCore

/// An answer of the API other than success.
struct Refused: Error, HTTPResponseError {
    var status: HTTPResponse.Status
    var answer: TradeDesk.ErrorAnswer

    static let deadToken = Refused(.forbidden, TradeDesk.deadTokenMessage)
    static let noAccess = Refused(.forbidden, "There is no such thing, or no access to it.")
    static let neverFilled = Refused(.notFound, "The segment has never received data.")
    static let full = Refused(.conflict, "The sandbox holds as many segments as it can.")
    static let notJSON = Refused(.badRequest, "The body is not a JSON object.")
    static let tooLarge = Refused(.contentTooLarge, "The body is too large.")

    static func invalid(_ property: String, _ reason: String) -> Refused {
        invalid([TradeDesk.ErrorDetail(property: property, reasons: [reason])])
    }

    static func invalid(_ details: [TradeDesk.ErrorDetail]) -> Refused {
        Refused(.badRequest, "The request failed validation.", details: details)
    }

    init(
        _ status: HTTPResponse.Status, _ message: String, details: [TradeDesk.ErrorDetail] = []
    ) {
        self.status = status
        answer = TradeDesk.ErrorAnswer(message: message, details: details)
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        try jsonResponse(answer, status: status)
    }
}

/// An answer of the upload URL other than success, as S3 words it.
struct UploadRefused: Error, HTTPResponseError, Equatable {
    var status: HTTPResponse.Status
    var code: String
    var message: String

    static let expired = UploadRefused(.forbidden, "AccessDenied", "Request has expired")
    static let unsigned = UploadRefused(.forbidden, "AccessDenied", "Access Denied")
    static let tampered = UploadRefused(
        .forbidden, "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided.")
    static let foreignHeader = UploadRefused(
        .forbidden, "AccessDenied",
        "There were headers present in the request which were not signed")
    static let lengthMissing = UploadRefused(
        .lengthRequired, "MissingContentLength",
        "You must provide the Content-Length HTTP header.")
    static let tooLarge = UploadRefused(
        .badRequest, "EntityTooLarge",
        "Your proposed upload exceeds the maximum allowed size")

    init(_ status: HTTPResponse.Status, _ code: String, _ message: String) {
        (self.status, self.code, self.message) = (status, code, message)
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        let xml = """
            <?xml version="1.0" encoding="UTF-8"?>
            <Error><Code>\(code)</Code><Message>\(message)</Message></Error>
            """
        var headers: HTTPFields = [.contentType: "application/xml"]
        if self == .tooLarge { headers[.connection] = "close" }
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: xml)))
    }
}

/// `value` as a JSON answer.
func jsonResponse(
    _ value: some Encodable, status: HTTPResponse.Status = .ok, isPretty: Bool = false
) throws -> Response {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
    return Response(
        status: status, headers: [.contentType: "application/json"],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: try encoder.encode(value))))
}
