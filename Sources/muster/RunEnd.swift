import MusterClient

/// Why a run ended without sending, in words, and what to do about it.
struct RunEnd: Hashable {
    /// The protocol's word.
    let word: String
    let meaning: String
    let remedy: String

    /// Nil where the run was sent or has not ended, or its word is of a later version.
    init?(_ run: Run) {
        guard let word = run.reason ?? run.failureClass else { return nil }
        guard let words = Self.table[word] else { return nil }
        self.word = word
        meaning = words.meaning
        remedy = words.remedy
            .replacing("RUN", with: String(run.id)).replacing("INSTANCE", with: run.instance)
            .replacing("COUNT", with: run.count.map { String($0) } ?? "COUNT")
    }

    /// What a word means; nil for one of a later version.
    static func meaning(of word: String) -> String? {
        table[word]?.meaning
    }

    /// What to do about a word before there is a run; nil for one of a later version, and where a
    /// run is to be approved that there is not yet.
    static func remedy(of word: String, in instance: String) -> String? {
        guard let remedy = table[word]?.remedy else { return nil }
        return remedy == approve
            ? "If that is the list you want, muster sync now \(instance) begins a run that is held, and "
                + "tells how to approve it."
            : remedy.replacing("INSTANCE", with: instance)
    }

    private static let approve =
        "Look at muster sync plan; if that is the list you want, approve it with muster sync "
        + "approve INSTANCE --run RUN --expect-count COUNT."

    private static let table: [String: (meaning: String, remedy: String)] = [
        "empty": (
            "the audience is empty, and an empty list is never sent", "Add members first."
        ),
        "belowMinimum": (
            "it has fewer members than the minimum",
            "Add members, or lower --minimum-members if The Trade Desk takes fewer."
        ),
        "shrink": ("many members are gone since the last success", approve),
        "growth": ("it is many times its size at the last success", approve),
        "firstReplace": (
            "it would replace a list that was not made here, and nobody knows what that holds",
            approve
        ),
        "duplicateSegment": (
            "more than one segment has this name in this region",
            "Choose one with muster instance configure --external-audience-id."
        ),
        "credential": (
            "the token is missing or was refused",
            "Put a valid token into the credential and restart musterd; the run then goes on."
        ),
        "disabled": (
            "syncs of this audience are disabled",
            "Enable them with muster instance configure INSTANCE --enabled."
        ),
        "restored": (
            "the log was put back from a copy, and The Trade Desk may hold a newer list", approve
        ),
        "tooLarge": (
            "the file is larger than one upload may be", "Split the audience over two instances."
        ),
        "rejected": (
            "The Trade Desk refused the request",
            "muster sync show RUN has in its detail what it objected to; correct that and sync again."
        ),
        "unauthorized": (
            "The Trade Desk refused the token", "Put a valid token into the credential."
        ),
        "unavailable": (
            "The Trade Desk could not be reached", "Nothing; it is tried again by itself."
        ),
        "stale": (
            "the list was too old by the time it could be sent",
            "Send a new one with muster sync now INSTANCE."
        ),
        "erased": (
            "a person in the list was erased while it was being sent",
            "Send the list without them with muster sync now INSTANCE."
        ),
        "determinism": (
            "the list came out differently when it was made again",
            "Run muster log verify, and report this."
        ),
    ]
}

extension Failure {
    /// How a run that was waited for makes the program end; nil when it was sent.
    init?(endOf run: Run) {
        let end = RunEnd(run)
        let why =
            end.map { "\($0.word): \($0.meaning)" } ?? run.reason ?? run.failureClass
            ?? "and does not say why"
        switch run.state {
        case .failed:
            self.init(.syncFailed, "run \(run.id) failed, \(why)", remedy: end?.remedy)
        case .held:
            self.init(.conflict, "run \(run.id) is held, \(why)", remedy: end?.remedy)
        case .skipped:
            self.init(.conflict, "run \(run.id) was skipped, \(why)", remedy: end?.remedy)
        case .requested, .running, .succeeded, nil: return nil
        }
    }
}
