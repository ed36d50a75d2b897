/// Why a command or a query is refused: the closed set of refusals, each with a name on the wire.
///
/// A refused command has changed nothing.
package enum Rejection: Error, Hashable, Sendable {
    case frameInvalid(first: [UInt8])
    case frameTooLarge(length: Int, limit: Int)
    case requestInvalid(pointer: String, rule: String)
    case methodUnknown
    case paramsInvalid(pointer: String, rule: String)
    case protocolUnsupported
    case accessDenied(AccessDenial)
    case instanceUnknown
    case runUnknown
    case memberInvalid(MemberRejection)
    case membersInvalid(RejectedMembers)
    case versionConflict(expected: UInt64, actual: UInt64)
    case commandIdReused
    case instanceImmutable(pointer: String, rule: String)
    case segmentTaken(by: InstanceID)
    case instanceLimit(Int)
    case instanceCountChanged(expected: UInt64, actual: UInt64)
    case syncRunning(RunID)
    case syncTooSoon(secondsLeft: Int64)
    case syncCountChanged(expected: UInt64, actual: UInt64)
    case syncNotHeld(RunID)
    case serverBusy(ConnectionLimit)
    case serverStopping
    case logFull
    case deadlineExceeded
    /// The client does not read; the stream may be asked for again from this position.
    case streamLagged(resumeFrom: Position)
    case unavailable(String)
}

/// The members of one command that were not taken.
package struct RejectedMembers: Hashable, Sendable {
    /// One member that was not taken: its index in the request, and why.
    package struct Row: Hashable, Sendable {
        package let index: Int
        package let reason: MemberRejection
    }

    /// The most rows that are listed; `count` is exact all the same.
    package static let listed = 1000

    package private(set) var rows: [Row] = []
    package private(set) var count = 0

    package init() {}

    /// Counts one more, and lists it while there is room.
    package mutating func note(_ index: Int, _ reason: MemberRejection) {
        count += 1
        if rows.count < Self.listed { rows.append(Row(index: index, reason: reason)) }
    }
}

/// What a refusal means to a program: its group, whether another try can help, and the exit code of
/// `muster`.
package struct RejectionClass: Hashable, Sendable {
    package let name: String
    package let kind: String
    package let isRetryable: Bool
    package let exitCode: Int32

    private init(_ name: String, _ kind: String, _ exitCode: Int32, retryable: Bool = false) {
        self.name = name
        self.kind = kind
        self.exitCode = exitCode
        isRetryable = retryable
    }

    package static let all: [RejectionClass] = [
        frameInvalid, frameTooLarge, requestInvalid, methodUnknown, paramsInvalid,
        protocolUnsupported, accessDenied, instanceUnknown, runUnknown, memberInvalid,
        membersInvalid,
        versionConflict, commandIdReused, instanceImmutable, segmentTaken, instanceLimit,
        instanceCountChanged, syncRunning, syncTooSoon, syncCountChanged, syncNotHeld, serverBusy,
        serverStopping,
        logFull, streamLagged, deadlineExceeded, internalError,
    ]

    static let frameInvalid = Self("frame.invalid", "frame", 2)
    static let frameTooLarge = Self("frame.too_large", "frame", 2)
    static let requestInvalid = Self("request.invalid", "request", 2)
    static let methodUnknown = Self("method.unknown", "request", 2)
    static let paramsInvalid = Self("params.invalid", "request", 2)
    static let protocolUnsupported = Self("protocol.unsupported", "protocol", 2)
    static let accessDenied = Self("access.denied", "access", 4)
    static let instanceUnknown = Self("instance.unknown", "unknown", 5)
    static let runUnknown = Self("run.unknown", "unknown", 5)
    static let memberInvalid = Self("member.invalid", "rejected", 2)
    static let membersInvalid = Self("members.invalid", "rejected", 2)
    static let versionConflict = Self("version.conflict", "conflict", 6)
    static let commandIdReused = Self("command.id_reused", "conflict", 6)
    static let instanceImmutable = Self("instance.immutable", "conflict", 6)
    static let segmentTaken = Self("instance.segment_taken", "conflict", 6)
    static let instanceLimit = Self("instance.limit", "conflict", 6)
    static let instanceCountChanged = Self("instance.count_changed", "conflict", 6)
    static let syncRunning = Self("sync.running", "conflict", 6)
    static let syncTooSoon = Self("sync.too_soon", "conflict", 6, retryable: true)
    static let syncCountChanged = Self("sync.count_changed", "conflict", 6)
    static let syncNotHeld = Self("sync.not_held", "conflict", 6)
    static let serverBusy = Self("server.busy", "unavailable", 7, retryable: true)
    static let serverStopping = Self("server.stopping", "unavailable", 7, retryable: true)
    static let logFull = Self("log.full", "unavailable", 7, retryable: true)
    static let streamLagged = Self("stream.lagged", "unavailable", 7, retryable: true)
    static let deadlineExceeded = Self("deadline.exceeded", "deadline", 8, retryable: true)
    static let internalError = Self("internal", "internal", 1)
}

extension Rejection {
    /// The refusal's class; associated values never change it.
    package var classification: RejectionClass {
        switch self {
        case .frameInvalid: .frameInvalid
        case .frameTooLarge: .frameTooLarge
        case .requestInvalid: .requestInvalid
        case .methodUnknown: .methodUnknown
        case .paramsInvalid: .paramsInvalid
        case .protocolUnsupported: .protocolUnsupported
        case .accessDenied: .accessDenied
        case .instanceUnknown: .instanceUnknown
        case .runUnknown: .runUnknown
        case .memberInvalid: .memberInvalid
        case .membersInvalid: .membersInvalid
        case .versionConflict: .versionConflict
        case .commandIdReused: .commandIdReused
        case .instanceImmutable: .instanceImmutable
        case .segmentTaken: .segmentTaken
        case .instanceLimit: .instanceLimit
        case .instanceCountChanged: .instanceCountChanged
        case .syncRunning: .syncRunning
        case .syncTooSoon: .syncTooSoon
        case .syncCountChanged: .syncCountChanged
        case .syncNotHeld: .syncNotHeld
        case .serverBusy: .serverBusy
        case .serverStopping: .serverStopping
        case .logFull: .logFull
        case .streamLagged: .streamLagged
        case .deadlineExceeded: .deadlineExceeded
        case .unavailable: .internalError
        }
    }
}
