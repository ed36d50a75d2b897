/// The name a client gives an audience: `[a-z0-9][a-z0-9._-]{0,62}`.
package struct InstanceID: Hashable, Comparable, Sendable {
    /// The most bytes of a name.
    package static let limit = 63

    package let text: String

    /// Nil unless `text` follows the pattern.
    package init?(_ text: String) {
        guard Self.isName(text) else { return nil }
        self.text = text
    }

    package static func < (left: InstanceID, right: InstanceID) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    /// Whether `text` follows the pattern shared by instances and credentials; it is safe as a file
    /// name.
    package static func isName(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= limit, isAlphanumeric(first) else {
            return false
        }
        return bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2e || $0 == 0x5f || $0 == 0x2d }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte)
    }
}

/// TTD's region of a segment; fixed for the segment's life.
package enum Region: UInt8, CaseIterable, Sendable {
    case us = 1
    case eu = 2
    case apac = 3

    /// The word TTD uses.
    package var text: String {
        switch self {
        case .us: "US"
        case .eu: "EU"
        case .apac: "APAC"
        }
    }

    package init?(text: String) {
        guard let region = Self.allCases.first(where: { $0.text == text }) else { return nil }
        self = region
    }
}

/// What an audience stores and sends: normalised addresses, or only their SHA-256.
package enum PIIType: UInt8, CaseIterable, Sendable {
    case email = 1
    case hashedEmail = 2

    /// The word of our protocol; `DropOpening` holds TTD's.
    package var text: String {
        switch self {
        case .email: "email"
        case .hashedEmail: "hashedEmail"
        }
    }

    package init?(text: String) {
        guard let type = Self.allCases.first(where: { $0.text == text }) else { return nil }
        self = type
    }
}

/// Once a day at a local time of a zone of the host's zone database.
package struct DailySchedule: Hashable, Sendable {
    package var dailyAt: TimeOfDay
    package var timeZone: String

    package init(dailyAt: TimeOfDay, timeZone: String) {
        self.dailyAt = dailyAt
        self.timeZone = timeZone
    }
}

/// When a changed audience is held instead of sent.
package struct Thresholds: Hashable, Sendable {
    /// Held when more members than this, and more than `shrinkPercent`, were removed since the last
    /// success.
    package var shrinkMembers: UInt32
    package var shrinkPercent: UInt32
    /// Held when the audience is more than this many times its size at the last success.
    package var growthFactor: UInt32

    package init(
        shrinkMembers: UInt32 = 1000, shrinkPercent: UInt32 = 20, growthFactor: UInt32 = 10
    ) {
        self.shrinkMembers = shrinkMembers
        self.shrinkPercent = shrinkPercent
        self.growthFactor = growthFactor
    }
}

/// The thresholds a command names; nil means untouched.
package struct ThresholdsChange: Hashable, Sendable {
    package var shrinkMembers: UInt32?
    package var shrinkPercent: UInt32?
    package var growthFactor: UInt32?

    package init() {}

    /// All of `current` with what is named here, or nil when nothing is.
    package func applied(to current: Thresholds) -> Thresholds? {
        guard self != ThresholdsChange() else { return nil }
        return Thresholds(
            shrinkMembers: shrinkMembers ?? current.shrinkMembers,
            shrinkPercent: shrinkPercent ?? current.shrinkPercent,
            growthFactor: growthFactor ?? current.growthFactor)
    }
}

/// Everything `instance.configure` sets, and the endpoint its credential named at that time.
package struct Settings: Hashable, Sendable {
    package var advertiserId: String
    package var audienceName: String
    package var region: Region
    package var piiType: PIIType
    package var credential: String
    package var endpoint: Endpoint
    package var externalAudienceId: String?
    package var enabled: Bool
    package var schedule: DailySchedule?
    package var minimumMembers: UInt32
    package var thresholds: Thresholds

    package static let defaultCredential = "ttd-token"
    package static let defaultMinimumMembers: UInt32 = 1500

    /// Nil unless the change names all that a first configuration must.
    package init?(first change: SettingsChange) {
        guard let advertiserId = change.advertiserId, let audienceName = change.audienceName,
            let region = change.region, let piiType = change.piiType
        else { return nil }
        self.advertiserId = advertiserId
        self.audienceName = audienceName
        self.region = region
        self.piiType = piiType
        credential = Self.defaultCredential
        endpoint = .production
        enabled = true
        minimumMembers = Self.defaultMinimumMembers
        thresholds = Thresholds()
        apply(change)
    }

    /// Takes over what `change` names.
    package mutating func apply(_ change: SettingsChange) {
        advertiserId = change.advertiserId ?? advertiserId
        audienceName = change.audienceName ?? audienceName
        region = change.region ?? region
        piiType = change.piiType ?? piiType
        credential = change.credential ?? credential
        endpoint = change.endpoint ?? endpoint
        externalAudienceId = change.externalAudienceId ?? externalAudienceId
        enabled = change.enabled ?? enabled
        schedule = change.schedule ?? schedule
        minimumMembers = change.minimumMembers ?? minimumMembers
        thresholds = change.thresholds ?? thresholds
    }
}

/// The settings a command names; nil means untouched, and `.some(nil)` clears.
package struct SettingsChange: Hashable, Sendable {
    package var advertiserId: String?
    package var audienceName: String?
    package var region: Region?
    package var piiType: PIIType?
    package var credential: String?
    /// Never a client's: the endpoint that the credential's file names.
    package var endpoint: Endpoint?
    package var externalAudienceId: String??
    package var enabled: Bool?
    package var schedule: DailySchedule??
    package var minimumMembers: UInt32?
    package var thresholds: Thresholds?

    package init() {}

    /// What of this change differs from `settings`.
    package func difference(from settings: Settings) -> SettingsChange {
        func changed<Value: Equatable>(_ new: Value?, _ old: Value) -> Value? {
            new == old ? nil : new
        }
        var difference = SettingsChange()
        difference.advertiserId = changed(advertiserId, settings.advertiserId)
        difference.audienceName = changed(audienceName, settings.audienceName)
        difference.region = changed(region, settings.region)
        difference.piiType = changed(piiType, settings.piiType)
        difference.credential = changed(credential, settings.credential)
        difference.endpoint = changed(endpoint, settings.endpoint)
        difference.externalAudienceId = changed(externalAudienceId, settings.externalAudienceId)
        difference.enabled = changed(enabled, settings.enabled)
        difference.schedule = changed(schedule, settings.schedule)
        difference.minimumMembers = changed(minimumMembers, settings.minimumMembers)
        difference.thresholds = changed(thresholds, settings.thresholds)
        return difference
    }

    /// Whether nothing is named.
    package var isEmpty: Bool { self == SettingsChange() }
}

extension SettingsChange {
    /// A change that names everything, with the values of `settings`.
    package init(all settings: Settings) {
        self.init()
        advertiserId = settings.advertiserId
        audienceName = settings.audienceName
        region = settings.region
        piiType = settings.piiType
        credential = settings.credential
        endpoint = settings.endpoint
        externalAudienceId = .some(settings.externalAudienceId)
        enabled = settings.enabled
        schedule = .some(settings.schedule)
        minimumMembers = settings.minimumMembers
        thresholds = settings.thresholds
    }
}
