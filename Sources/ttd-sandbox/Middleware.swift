import FoundationEssentials
import Glibc
import HTTPTypes
import Hummingbird
import MusterCore
import NIOCore
import ServiceLifecycle

/// A request, and the connection it came on.
struct SandboxContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

/// The connection was broken on purpose: there is nobody to answer.
struct ConnectionBroken: Error {}

/// Counts every request by its route and its answer, and gives each its id.
struct RequestCounter: RouterMiddleware {
    let sandbox: Sandbox

    func handle(
        _ request: Request, context: SandboxContext,
        next: @concurrent (Request, SandboxContext) async throws -> Response
    ) async throws -> Response {
        let path = pathWithoutQuery(request)
        guard !isInspection(path) else { return try await next(request, context) }
        let route = "\(request.method.rawValue) \(routeName(ofPath: path))"
        do {
            var response: Response
            do {
                response = try await next(request, context)
            } catch let error as any HTTPResponseError {
                response = try error.response(from: request, context: context)
            }
            response.headers[path.hasPrefix("/v3") ? .ttdRequestID : .amazonRequestID] =
                UUID().uuidString.lowercased()
            await sandbox.count(route, status: response.status.code)
            return response
        } catch {
            await sandbox.count(route, status: 0)
            throw error
        }
    }
}

/// Breaks what a fault rule says to break.
struct FaultInjector: RouterMiddleware {
    let sandbox: Sandbox

    func handle(
        _ request: Request, context: SandboxContext,
        next: @concurrent (Request, SandboxContext) async throws -> Response
    ) async throws -> Response {
        let path = pathWithoutQuery(request)
        guard !isInspection(path) else { return try await next(request, context) }
        let fault = await sandbox.takeFault(method: request.method.rawValue, path: path)
        switch fault {
        case nil, .pass:
            return try await next(request, context)
        case .status(let status, let text):
            await drain(request)
            return try refusal(status: status, text: text, path: path, request, context)
        case .deadToken:
            await drain(request)
            throw Refused.deadToken
        case .reset:
            throw try await reset(context)
        case .lost:
            _ = try? await next(request, context)  // Whatever it answers is what gets lost.
            throw try await reset(context)
        case .hang:
            // Ends with the program, by an error; that the client has gone is not noticed before.
            try? await wait(.seconds(3600))
            throw try await reset(context)
        case .slow(let duration):
            try await wait(duration)
            return try await next(request, context)
        case .cut:
            return halved(try await next(request, context))
        }
    }

    private func wait(_ duration: Duration) async throws {
        try await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
    }

    /// Zero linger makes the kernel send a reset and not an orderly end.
    private func reset(_ context: SandboxContext) async throws -> ConnectionBroken {
        if let socket = context.channel as? any SocketOptionProvider {
            try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try await context.channel.close()
        return ConnectionBroken()
    }

    private func refusal(
        status: Int, text: String?, path: String, _ request: Request, _ context: SandboxContext
    ) throws -> Response {
        let status = HTTPResponse.Status(code: status)
        let message = "A fault rule of the sandbox answered this."
        var response =
            path.hasPrefix("/upload")
            ? try UploadRefused(status, "SandboxFault", message)
                .response(from: request, context: context)
            : try Refused(status, message).response(from: request, context: context)
        if let text {
            response.headers[status.kind == .redirection ? .location : .retryAfter] = text
        }
        return response
    }

    private func halved(_ response: Response) -> Response {
        var response = response
        response.headers[.contentLength] = nil
        response.body = response.body.map { buffer in
            buffer.getSlice(at: buffer.readerIndex, length: buffer.readableBytes / 2) ?? buffer
        }
        return response
    }
}

/// Lets nobody through whose `TTD-Auth` is not one of the tokens.
struct TokenCheck: RouterMiddleware {
    let tokens: Set<String>

    func handle(
        _ request: Request, context: SandboxContext,
        next: @concurrent (Request, SandboxContext) async throws -> Response
    ) async throws -> Response {
        guard let token = request.headers[.ttdAuth], tokens.contains(token) else {
            await drain(request)
            throw Refused.deadToken
        }
        return try await next(request, context)
    }
}

/// Reads off a body so that the client is done sending and sees the answer, up to 64 MiB of it.
func drain(_ request: Request) async {
    var left = 64 << 20
    do {
        for try await buffer in request.body {
            left -= buffer.readableBytes
            if left < 0 { return }
        }
    } catch {
        // The client has gone; the answer will find nobody either.
    }
}

/// Whoever looks leaves no trace and is never struck.
private func isInspection(_ path: String) -> Bool {
    path == "/inspect" || path.hasPrefix("/inspect/")
}

private func pathWithoutQuery(_ request: Request) -> String {
    String((request.head.path ?? "/").prefix { $0 != "?" })
}

/// The path with what names an advertiser, a segment or a drop put as `*`, so that there are few.
private func routeName(ofPath path: String) -> String {
    let steps = path.split(separator: "/")
    if path.hasPrefix("/upload/") { return "/upload" }
    guard path.hasPrefix("/v3/crmdata/"), let segment = steps.firstIndex(of: "segment"),
        segment <= 3, steps.count - segment <= 4, segment == 2 || steps[2] == "targeting"
    else { return "other" }
    let names = steps.enumerated().map { $0.offset > segment ? "*" : $0.element }
    return "/" + names.joined(separator: "/")
}
