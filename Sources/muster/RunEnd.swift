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
        "Look at muster sync plan INSTANCE; if that is the list you want, approve it with muster sync "
        + "approve INSTANCE --run RUN --expect-count COUNT."

    private static let table: [String: (meaning: String, remedy: String)] = [
        "empty": (
            "the audience is empty, and an empty list is never sent", "Add members first."
        ),
        "belowMinimum": (
            "it has fewer members than the minimum",
            "Add members, or, if The Trade Desk takes fewer, lower it with muster instance configure "
                + "INSTANCE --minimum-members."
        ),
        "shrink": ("many members are gone since the last success", approve),
        "growth": ("it is many times its size at the last success", approve),
        "firstReplace": (
            "it would replace a list that was not made here, and nobody knows what that holds",
            approve
        ),
        "duplicateSegment": (
            "more than one segment has this name in this region",
            "Choose one with muster instance configure INSTANCE --external-audience-id."
        ),
        "credential": (
            "the token is missing or was refused",
            "Put a valid token into the credential and restart musterd; the run then goes on."
        ),
        "disabled": (
            "this audience is not sent until it is enabled",
            "Enable it with muster instance configure INSTANCE --enabled."
        ),
        "restored": (
            "the log was put back from a copy, and The Trade Desk may hold a newer list", approve
        ),
        "tooLarge": (
            "the file is larger than one upload may be", "Split it into two audiences."
        ),
        "rejected": (
            "The Trade Desk refused the request",
            "Correct what it objects to, then muster sync now INSTANCE."
        ),
        "unauthorized": (
            "The Trade Desk does not let this token do it",
            "muster instance check INSTANCE tells what the token may do; then put a valid one into the "
                + "credential and restart musterd."
        ),
        "unavailable": (
            "The Trade Desk could not be reached",
            "Nothing is to be done: it is tried again each hour. If it stays so, muster instance check "
                + "INSTANCE tells why."
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
            "the list came out differently when it was made again; nothing was sent",
            "Run muster log verify on the state directory, and report this."
        ),
    ]
}

extension Failure {
    /// How a run that was waited for makes the program end; nil when it was sent.
    init?(endOf run: Run) {
        let end = RunEnd(run)
        let word = (end?.word ?? run.reason ?? run.failureClass).map { " (\($0))" }
        let meaning = end.map { ": \($0.meaning)" } ?? (word == nil ? " and does not say why" : "")
        let detail = run.detail.map { $0.isEmpty ? "" : "; \($0)" } ?? ""
        let why = (word ?? "") + meaning + detail
        switch run.state {
        case .failed: self.init(.syncFailed, "run \(run.id) failed\(why)", remedy: end?.remedy)
        case .held: self.init(.conflict, "run \(run.id) is held\(why)", remedy: end?.remedy)
        case .skipped:
            self.init(.conflict, "run \(run.id) was skipped\(why)", remedy: end?.remedy)
        case .requested, .running, .succeeded, nil: return nil
        }
    }
}
