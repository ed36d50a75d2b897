import FoundationEssentials
import HTTPTypes
import Hummingbird
import MusterCore
import NIOCore

/// What S3 takes in one PUT.
private let largestUpload = 5 << 30

/// Takes a list at its upload URL: it counts once all of it has arrived.
func takeUpload(_ request: Request, reference: String, _ sandbox: Sandbox) async throws -> Response
{
    do {
        try await checkHeaders(request.headers, sandbox)
        try sandbox.presign.check(
            target: request.head.path ?? "", host: request.head.authority ?? "localhost")
    } catch {
        // Nobody waits for 5 GiB to say so; that answer tells the client to close.
        if error as? UploadRefused != .tooLarge { await drain(request) }
        throw error
    }
    guard let piiType = await sandbox.piiType(ofReference: reference) else {
        await drain(request)
        throw UploadRefused.unsigned
    }
    var reader = RowReader(piiType: piiType, keepRows: sandbox.settings.keepRows)
    for try await buffer in request.body { reader.read(Array(buffer.readableBytesView)) }
    let receipt = reader.finish()
    await sandbox.accept(receipt, rows: reader.kept, reference: reference)
    return Response(status: .ok)
}

private func checkHeaders(_ headers: HTTPFields, _ sandbox: Sandbox) async throws {
    if headers[.ttdAuth] != nil {
        await sandbox.note(.tokenOnUpload)
        throw UploadRefused.foreignHeader
    }
    let isForeign = headers.contains {
        $0.name == .authorization || $0.name == .cookie
            || $0.name.canonicalName.hasPrefix("x-amz-")
    }
    if isForeign {
        await sandbox.note(.foreignHeaderOnUpload)
        throw UploadRefused.foreignHeader
    }
    guard let length = headers[.contentLength].flatMap(Int.init) else {
        await sandbox.note(.uploadWithoutLength)
        throw UploadRefused.lengthMissing
    }
    guard length <= largestUpload else { throw UploadRefused.tooLarge }
    if headers[.contentType]?.hasPrefix("text/plain") != true {
        await sandbox.note(.uploadNotPlainText)
    }
}
