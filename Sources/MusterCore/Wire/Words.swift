extension RunReason {
    /// The word of the protocol.
    package var word: String {
        switch self {
        case .schedule: "schedule"
        case .catchUp: "catchUp"
        case .manual: "manual"
        case .approval: "approval"
        case .retry: "retry"
        case .credentialChanged: "credentialChanged"
        }
    }
}

extension HoldReason {
    /// The word of the protocol.
    package var word: String {
        switch self {
        case .shrink: "shrink"
        case .growth: "growth"
        case .firstReplace: "firstReplace"
        case .duplicateSegment: "duplicateSegment"
        case .credential: "credential"
        case .tooLarge: "tooLarge"
        case .restored: "restored"
        }
    }

    /// What the hold means.
    package var message: String {
        switch self {
        case .shrink: "More members left since the last success than the guard allows."
        case .growth: "The audience grew more than the guard allows."
        case .firstReplace:
            "The segment was not created by this server, so what it holds now is unknown."
        case .duplicateSegment: "The segment is not unique."
        case .credential: "The credential is missing, unreadable or refused."
        case .tooLarge: "The list is larger than one upload takes."
        case .restored:
            "The log was put back from a copy, so TTD may hold a newer list than the log knows."
        }
    }

    /// What to do about the hold.
    package var remedy: String {
        switch self {
        case .restored:
            "Repeat what clients changed since the copy, sync again, and approve with "
                + "sync approve --run RUN --expect-count N if the list is right."
        case .shrink, .growth, .firstReplace:
            "Look at sync plan; approve with sync approve --run RUN --expect-count N if it is right."
        case .duplicateSegment: "Name the segment by externalAudienceId, or use one instance only."
        case .credential: "Put a valid token into the credential's file and restart the service."
        case .tooLarge: "Split the audience into several instances."
        }
    }
}

extension SkipReason {
    /// The word of the protocol.
    package var word: String {
        switch self {
        case .empty: "empty"
        case .belowMinimum: "belowMinimum"
        case .disabled: "disabled"
        }
    }

    /// What the skip means.
    package var message: String {
        switch self {
        case .empty: "The audience is empty; an empty list is never sent."
        case .belowMinimum: "The audience has fewer members than minimumMembers."
        case .disabled: "The instance is disabled."
        }
    }

    /// What to do about the skip.
    package var remedy: String {
        switch self {
        case .empty: "Add members."
        case .belowMinimum: "Add members, or lower minimumMembers."
        case .disabled: "Configure enabled: true."
        }
    }
}

extension FailureClass {
    /// The word of the protocol.
    package var word: String {
        switch self {
        case .rejected: "rejected"
        case .unauthorized: "unauthorized"
        case .unavailable: "unavailable"
        case .stale: "stale"
        case .erased: "erased"
        case .determinism: "determinism"
        }
    }
}

extension SegmentOrigin {
    /// The word of the protocol.
    package var word: String {
        switch self {
        case .created: "created"
        case .given: "given"
        case .found: "found"
        }
    }
}
