extension FailureClass {
    /// What the failure means.
    package var message: String {
        switch self {
        case .rejected: "TTD refused what was asked."
        case .unauthorized: "TTD does not let this token do what was asked."
        case .unavailable: "TTD could not be reached or did not answer in time."
        case .stale: "The list was too old before it could be sent."
        case .erased: "Somebody in the list was erased before it could be sent."
        case .determinism: "The list made again was not the one that was fixed; nothing was sent."
        }
    }

    /// What to do about the failure.
    package var remedy: String {
        switch self {
        case .rejected: "Read sync show for what TTD objected to; correct it and sync again."
        case .unauthorized:
            "Find out with instance check what the token may do, and ask TTD for what is missing."
        case .unavailable: "Nothing; it is tried again each hour. See instance check if it stays."
        case .stale, .erased: "Sync again."
        case .determinism: "Run muster log verify on the state directory, and report this."
        }
    }

    /// How soon a person has to do something.
    package var urgency: Urgency {
        switch self {
        case .unavailable, .stale, .erased: .warn
        case .rejected, .unauthorized, .determinism: .bad
        }
    }
}
