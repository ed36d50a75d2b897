import FoundationEssentials
import HTTPTypes
import Hummingbird
import MusterCore
import NIOCore

/// Everything the stand-in answers.
func sandboxRouter(_ sandbox: Sandbox) -> Router<SandboxContext> {
    let router = Router(context: SandboxContext.self)
    // On the router and not on a group, so that paths nobody serves are counted and broken, too.
    router.add(middleware: RequestCounter(sandbox: sandbox))
    router.add(middleware: FaultInjector(sandbox: sandbox))
    addInspection(to: router.group("inspect"), sandbox)
    router.put("upload/data/advertiser/:advertiser/drop/:reference/pii") { request, context in
        try await takeUpload(
            request, reference: try context.parameters.require("reference"), sandbox)
    }
    let api = router.group("v3/crmdata")
        .add(middleware: TokenCheck(tokens: sandbox.settings.tokens))
    api.get("segment/:advertiser") { try await list($0, $1, sandbox) }
    for folder in ["segment", "targeting/segment"] {
        let segment = RouterPath("\(folder)/:advertiser/:id")
        api.post(RouterPath(folder)) { request, _ in try await create(request, sandbox) }
        api.post(segment) { try await openDrop($0, $1, sandbox) }
        api.get(segment) { try await segmentStatus($1, sandbox) }
        api.get("\(folder)/:advertiser/:id/:reference") { try await dropStatus($1, sandbox) }
    }
    api.delete("segment/:advertiser/:id") { _, context in
        try await sandbox.delete(
            advertiser: advertiser(context), crmDataID: try context.parameters.require("id"))
        return Response(status: .noContent)
    }
    return router
}

extension HTTPField.Name {
    static let ttdAuth = known(TradeDesk.tokenHeader)
    static let ttdRequestID = known(TradeDesk.requestIDHeader)
    static let ttdStrictMode = known("TTD-Strict-Mode")
    static let amazonRequestID = known("x-amz-request-id")

    /// The names above are valid; any other field would do where one were not.
    private static func known(_ name: String) -> HTTPField.Name {
        HTTPField.Name(name) ?? .cookie
    }
}

private func advertiser(_ context: SandboxContext) throws -> String {
    let advertiser = try context.parameters.require("advertiser")
    guard isLowerAlphanumeric(advertiser, length: 1...32) else { throw Refused.noAccess }
    return advertiser
}

private func list(
    _ request: Request, _ context: SandboxContext, _ sandbox: Sandbox
) async throws -> Response {
    let token = request.uri.queryParameters["pagingToken"].map(String.init)
    return try jsonResponse(
        try await sandbox.page(advertiser: advertiser(context), pagingToken: token))
}

private func create(_ request: Request, _ sandbox: Sandbox) async throws -> Response {
    var object = try await requestObject(request, sandbox)
    let advertiser = object.text("AdvertiserId")
    if !advertiser.isEmpty, !isLowerAlphanumeric(advertiser, length: 1...32) {
        object.refuse("AdvertiserId", "must be 1 to 32 of a-z and 0-9")
    }
    let name = object.text("SegmentName")
    let region = object.text("Region", oneOf: segmentRegions)
    if object.has("DataProviderId") { _ = object.text("DataProviderId") }
    try object.finish(isStrict: isStrict(request))
    return try jsonResponse(
        try await sandbox.create(advertiser: advertiser, name: name, region: region))
}

private func openDrop(
    _ request: Request, _ context: SandboxContext, _ sandbox: Sandbox
) async throws -> Response {
    var object = try await requestObject(request, sandbox)
    if object.has("RetentionEnabled") { await sandbox.note(.retentionEnabled) }
    let kind = object.text("PiiType", oneOf: TradeDesk.PIIType.allCases.map(\.rawValue))
    _ = object.text("MergeMode", oneOf: [TradeDesk.replace])
    object.passOver("TtlInMinutes", whole: 0...259_200)
    try object.finish(isStrict: isStrict(request))
    guard let piiType = TradeDesk.PIIType(rawValue: kind) else { throw Refused.notJSON }
    let advertiser = try advertiser(context)
    let reference = try await sandbox.openDrop(
        advertiser: advertiser, crmDataID: try context.parameters.require("id"), piiType: piiType)
    let host = request.head.authority ?? "localhost"
    let target = sandbox.presign.target(advertiser: advertiser, reference: reference, host: host)
    return try jsonResponse(
        TradeDesk.DropOpened(url: "http://\(host)\(target)", referenceID: reference))
}

private func segmentStatus(_ context: SandboxContext, _ sandbox: Sandbox) async throws -> Response {
    let segment = try await sandbox.segment(
        advertiser: try advertiser(context), crmDataID: try context.parameters.require("id"))
    guard segment.isFilled else { throw Refused.neverFilled }
    return try jsonResponse(segment.entry)
}

private func dropStatus(_ context: SandboxContext, _ sandbox: Sandbox) async throws -> Response {
    let drop = try await sandbox.drop(
        advertiser: try advertiser(context), crmDataID: try context.parameters.require("id"),
        reference: try context.parameters.require("reference"))
    return try jsonResponse(DropStatus(drop))
}

/// An answer whose properties nobody outside TTD knows: these are made up, and say so.
private struct DropStatus: Encodable {
    var reference: String
    var state: String
    var rows: Int?

    init(_ drop: Drop) {
        reference = drop.reference
        state = drop.receipt == nil ? "waiting" : "received"
        rows = drop.receipt?.rows
    }

    private enum CodingKeys: String, CodingKey {
        case reference = "ReferenceId"
        case state = "SandboxState"
        case rows = "SandboxRows"
    }
}

private func requestObject(_ request: Request, _ sandbox: Sandbox) async throws -> RequestObject {
    if request.headers[.contentType]?.hasPrefix("application/json") != true {
        await sandbox.note(.contentTypeNotJSON)
    }
    var bytes: [UInt8] = []
    for try await buffer in request.body {
        guard bytes.count + buffer.readableBytes <= 1 << 20 else { throw Refused.tooLarge }
        bytes += buffer.readableBytesView
    }
    return try RequestObject(bytes)
}

private func isStrict(_ request: Request) -> Bool {
    request.headers[.ttdStrictMode]?.lowercased() == "true"
}
