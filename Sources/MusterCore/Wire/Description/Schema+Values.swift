// The values that many methods and events share.

extension Schema {
    static func instance(_ about: String = "the audience's name") -> Schema {
        text(about, pattern: "^[a-z0-9][a-z0-9._-]{0,62}$")
    }

    static func time(_ about: String) -> Schema {
        text(about, pattern: #"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"#)
            .of(format: "date-time")
    }

    static func date(_ about: String) -> Schema {
        text(about, pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$").of(format: "date")
    }

    /// 32 bytes as hex digits.
    static func hex(_ about: String) -> Schema { text(about, pattern: hexPattern) }

    static let hexPattern = "^[0-9a-f]{64}$"

    static func logId(
        _ about: String =
            "the log's id, made with the log, and anew when it is put back from a copy (P-POSITION-3)"
    ) -> Schema {
        text(about, pattern: "^[0-9a-f]{32}$")
    }

    static func run(_ about: String = "the run") -> Schema {
        integer(about, in: 1...JSON.integerLimit)
    }

    static func member(_ about: String) -> Schema { text(about) }

    static let commandId = text(
        "of the command that caused it, where it had one", pattern: "^[A-Za-z0-9._:-]{1,64}$")

    static let region = word(
        "the segment's region at TTD", of: Region.allCases.map(\.text))
    static let piiType = word(
        "what is stored and sent: only SHA-256 digests, or normalised addresses",
        of: PIIType.allCases.map(\.text))
    static let memberReason = word(
        "why it was not taken", of: MemberRejection.allCases.map(\.rawValue))

    /// Who caused something: a process, or the daemon itself.
    static let actor = either(
        "who asked for it", [process, word("the daemon itself", of: ["daemon"])])

    static let process = object(
        "the process that asked, as the kernel names it",
        [
            .required("uid", integer("its user")), .required("gid", integer("its group")),
            .required("pid", integer("its number")),
        ])
}
