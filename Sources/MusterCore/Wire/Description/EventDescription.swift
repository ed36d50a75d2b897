/// What an event of the log means and which fields its JSON form has.
///
/// The fields are those of `muster log export`. A new event is described in one place, beside its
/// kin, and named in `all`.
package struct EventDescription: Sendable {
    package let name: String
    /// One sentence.
    package let summary: String
    /// Its own fields; those that every event has come before and after them.
    let own: [Schema.Property]
    private let concernsInstance: Bool

    init(
        _ name: String, _ summary: String, _ own: [Schema.Property] = [],
        concernsInstance: Bool = true
    ) {
        self.name = name
        self.summary = summary
        self.own = own
        self.concernsInstance = concernsInstance
    }

    /// The whole JSON form.
    package var fields: Schema {
        let instance: [Schema.Property] =
            concernsInstance ? [.required("instance", .instance())] : []
        return .object(summary, Self.first(name) + instance + own + Self.last)
    }

    /// Its own fields alone.
    package var ownFields: Schema { .object("", own) }

    /// The fields that every event has; of no event in particular.
    package static let commonFields = Schema.object(
        "",
        first(nil) + [
            .optional("instance", .instance("the audience it is about, where there is one"))
        ]
            + last)

    private static func first(_ name: String?) -> [Schema.Property] {
        [
            .required("position", .integer("its number in the log", in: 1...JSON.integerLimit)),
            .required("at", .time("the host's clock when it was decided")),
            .required("type", name.map { .word("its type", of: [$0]) } ?? .text("its type")),
        ]
    }

    private static let last: [Schema.Property] = [
        .optional("actor", .process),
        .optional("commandId", .commandId),
        .optional("segment", .integer("the file of the log that holds it; only of an export")),
        .optional("offset", .integer("where its commit begins in that file; only of an export")),
    ]

    /// Every event, in the order of their numbers in the log.
    package static let all: [EventDescription] = [
        instanceConfigured, membersAdded, membersRemoved, syncRequested, syncFrozen,
        segmentCreationIntended, segmentResolved, dropOpened, uploadStarted, uploaded,
        syncSucceeded, syncFailed, syncHeld, syncSkipped, dropStatusSeen, tailRepaired,
        logAdopted, instanceRetired, erased, suppressionChanged,
    ]
}
