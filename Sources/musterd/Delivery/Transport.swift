import AsyncHTTPClient
import MusterCore
import MusterStore
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One HTTP exchange to carry out.
struct Exchange: Sendable {
    enum Body: Sendable {
        case none
        case json([UInt8])
        /// An upload: chunks of exactly `bytes` in all.
        case rows(UploadBody)
    }

    let method: String
    var url: String
    /// Sent as `TTD-Auth`; nil for uploads, whose host must never see it.
    var token: Token?
    var body: Body
    var timeout: Duration
}

/// What came back, with at most `limit` bytes of body.
struct ExchangeAnswer: Sendable {
    static let limit = 1 << 20
    let status: Int
    let retryAfter: String?
    let requestId: String?
    let body: [UInt8]
    /// Whether the body ended within the limit.
    let isWhole: Bool
}

/// Why no answer came.
///
/// Neither case quotes an address: an upload's is a secret.
enum TransportError: Error {
    /// The request never left this host, so it was not carried out.
    case notSent(String)
    /// Whether it was carried out is unknown.
    case lost(String)
    /// The body could not be read to its end, so that less than its length left this host.
    case unreadable(String)
}

/// Carries exchanges; the real one speaks HTTP, the scripted one of the tests answers from a list.
protocol Transport: Sendable {
    func carry(_ exchange: Exchange) async throws(TransportError) -> ExchangeAnswer
}

/// HTTP/1.1 over TLS; follows no redirects and repeats nothing by itself.
struct HTTPTransport: Transport {
    let client: HTTPClient

    /// A client that trusts the host's roots, or the roots in `rootsFile` instead.
    static func client(rootsFile: String?, proxy: HTTPClient.Configuration.Proxy?) -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let rootsFile { tls.trustRoots = .file(rootsFile) }
        var configuration = HTTPClient.Configuration()
        configuration.tlsConfiguration = tls
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(
            connect: .seconds(10), read: .seconds(60), write: .seconds(60))
        configuration.decompression = .disabled
        configuration.httpVersion = .http1Only
        configuration.proxy = proxy
        // Otherwise a refused connection and a bad certificate are tried again until the deadline.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func carry(_ exchange: Exchange) async throws(TransportError) -> ExchangeAnswer {
        var request = HTTPClientRequest(url: exchange.url)
        request.method = HTTPMethod(rawValue: exchange.method)
        if let token = exchange.token {
            request.headers.add(name: TradeDesk.tokenHeader, value: token.headerValue)
        }
        switch exchange.body {
        case .none: break
        case .json(let bytes):
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(bytes)
        case .rows(let rows):
            request.headers.add(name: "Content-Type", value: "text/plain")
            request.body = .stream(rows, length: .known(Int64(rows.byteCount)))
        }
        do {
            let response = try await client.execute(
                request, timeout: .nanoseconds(exchange.timeout.nanoseconds))
            return try await Self.answer(response)
        } catch let error as HTTPClientError where error == .connectTimeout {
            throw .notSent("no connection within 10 s")
        } catch let error as IOError where error.errnoCode == Self.refused {
            throw .notSent("the connection was refused")
        } catch is NIOConnectionError {
            throw .notSent("the host's name is not known, or nothing listens at its addresses")
        } catch let error as HTTPClientError where Self.beforeRequest.contains(error) {
            throw .notSent("no connection could be made through to the host")
        } catch let error as NIOSSLError where error.isOfHandshake {
            throw .notSent("no trusted TLS connection could be made")
        } catch is NIOSSLExtraError {
            throw .notSent("the certificate is not the host's")
        } catch let error as LogError {
            throw .unreadable(error.message)
        } catch {
            // The client's own texts may hold addresses; its type says enough.
            throw .lost("no answer came (\(type(of: error)))")
        }
    }

    private static let refused: CInt = 111

    private static let beforeRequest: [HTTPClientError] = [
        .tlsHandshakeTimeout, .httpProxyHandshakeTimeout, .invalidProxyResponse,
        .proxyAuthenticationRequired,
    ]

    private static func answer(_ response: HTTPClientResponse) async throws -> ExchangeAnswer {
        var body: [UInt8] = []
        var isWhole = true
        for try await chunk in response.body {
            body.append(contentsOf: chunk.readableBytesView)
            if body.count > ExchangeAnswer.limit {
                isWhole = false
                break
            }
        }
        return ExchangeAnswer(
            status: Int(response.status.code),
            retryAfter: response.headers.first(name: "Retry-After"),
            requestId: response.headers.first(name: TradeDesk.requestIDHeader),
            body: Array(body.prefix(ExchangeAnswer.limit)), isWhole: isWhole)
    }
}

extension NIOSSLError {
    /// Whether it ends a connection before a request is sent on it.
    fileprivate var isOfHandshake: Bool {
        switch self {
        case .handshakeFailed, .unableToValidateCertificate, .noCertificateToValidate: true
        default: false
        }
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
