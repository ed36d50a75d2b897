import MusterCore

/// What needs a person, as `status` lists it, audience by audience.
struct Attention {
    private(set) var rows: [JSON] = []
    private let now: Timestamp
    private let zones: Zones
    private let read: (String) throws(CredentialError) -> Credential
    /// Each credential's file is read once, however many audiences use it.
    private var known: [String: Result<Credential, CredentialError>] = [:]

    init(
        at now: Timestamp, zones: Zones,
        credentials read: @escaping (String) throws(CredentialError) -> Credential
    ) {
        self.now = now
        self.zones = zones
        self.read = read
    }

    /// Adds what there is to say of an audience; of a disabled one nothing, since somebody wanted it
    /// so, and whoever asks for a sync of it is told then.
    mutating func look(at instance: InstanceState) {
        guard instance.settings.enabled else { return }
        lookAtRun(of: instance)
        lookAtSchedule(of: instance)
        lookAtCredential(of: instance)
        if let clock = instance.uploadClock(at: now) { note(clock, instance) }
    }

    private mutating func lookAtRun(of instance: InstanceState) {
        let run = instance.lastEnded
        switch run?.end {
        case .held(let held):
            note(
                "held", .bad, instance, Self.words(held.reason.message, held.detail),
                held.reason.remedy, run?.id)
        case .failed(let failure, let detail):
            note(
                "failed", failure.urgency, instance,
                Self.words(failure.message, detail), failure.remedy, run?.id)
        // Skipped while it was disabled, and enabled since.
        case .skipped(.disabled, _), nil:
            guard instance.activeRun == nil, instance.lastUploadAt == nil else { return }
            note(
                "unsent", .warn, instance, "This audience was never sent.",
                "Prove with instance check that it can be; then wait for its schedule, or sync now."
            )
        case .skipped(let reason, let remoteStale):
            let stale = remoteStale ? " An older list is still at TTD." : ""
            note(
                "skipped", remoteStale ? .bad : .warn, instance, reason.message + stale,
                reason.remedy, run?.id)
        case .succeeded: break
        }
    }

    /// A sentence with what was found in detail.
    private static func words(_ sentence: String, _ detail: String) -> String {
        detail.isEmpty ? sentence : sentence.dropLast() + " (\(detail))."
    }

    private mutating func lookAtSchedule(of instance: InstanceState) {
        guard let schedule = instance.settings.schedule else {
            return note(
                "schedule", .warn, instance,
                "No schedule is set, so this audience is sent only by sync now.",
                "Configure a schedule.")
        }
        guard zones.zone(schedule.timeZone) == nil else { return }
        note(
            "zone", .bad, instance,
            "The schedule's time zone is not in this host's database any more.",
            "Install tzdata, or configure another zone.")
    }

    private mutating func lookAtCredential(of instance: InstanceState) {
        let name = instance.settings.credential
        switch credential(name) {
        case .failure(let error):
            note(
                "credential", .bad, instance, "The credential \(name): \(error.message).",
                "Put the token into the credential's file and restart the service.")
        case .success(let credential):
            if let endpoint = instance.segmentEndpoint, endpoint != credential.endpoint {
                note(
                    "credential", .bad, instance,
                    "The credential \(name) names another endpoint than the segment's.",
                    "Configure a credential for \(endpoint.text).")
            }
            if let days = credential.daysLeft(at: now) { note(.token(daysLeft: days), instance) }
        }
    }

    private mutating func credential(_ name: String) -> Result<Credential, CredentialError> {
        if let known = known[name] { return known }
        let result = Result { () throws(CredentialError) in try read(name) }
        known[name] = result
        return result
    }

    private mutating func note(_ clock: HealthClock, _ instance: InstanceState) {
        guard let urgency = clock.urgency else { return }
        note(clock.word, urgency, instance, clock.message, clock.remedy)
    }

    private mutating func note(
        _ what: String, _ urgency: Urgency, _ instance: InstanceState, _ message: String,
        _ remedy: String, _ run: RunID? = nil
    ) {
        rows.append([
            "instance": .string(instance.id.text), "run": .count(run), "what": .string(what),
            "urgency": .string(urgency.rawValue), "message": .string(message),
            "remedy": .string(remedy),
        ])
    }
}

extension Credential {
    /// Days until the token expires, where the file says so; negative when it has.
    func daysLeft(at now: Timestamp) -> Int64? {
        expires.map { Int64($0.dayNumber - Zone.utc.date(at: now).dayNumber) }
    }
}
