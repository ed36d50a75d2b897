/// The tags of the settings in a record of type 1.
enum SettingsTag: UInt8 {
    case advertiserId = 1
    case audienceName = 2
    case region = 3
    case piiType = 4
    case credential = 5
    case endpoint = 6
    case externalAudienceId = 7
    case enabled = 8
    case schedule = 9
    case minimumMembers = 10
    case thresholds = 11
}

extension ByteWriter {
    /// The fields that `change` names, by ascending tag.
    mutating func settings(_ change: SettingsChange) throws(EncodingFault) {
        if let text = change.advertiserId { try field(.advertiserId, text) }
        if let text = change.audienceName { try field(.audienceName, text) }
        if let region = change.region { field(.region, [region.rawValue]) }
        if let piiType = change.piiType { field(.piiType, [piiType.rawValue]) }
        if let text = change.credential { try field(.credential, text) }
        if let endpoint = change.endpoint { try field(.endpoint, endpoint.text) }
        if let text = change.externalAudienceId { try field(.externalAudienceId, text ?? "") }
        if let enabled = change.enabled { field(.enabled, [enabled ? 1 : 0]) }
        if let schedule = change.schedule { try field(schedule) }
        if let minimum = change.minimumMembers {
            tag(.minimumMembers, length: 4)
            number(minimum)
        }
        if let thresholds = change.thresholds {
            tag(.thresholds, length: 12)
            number(thresholds.shrinkMembers)
            number(thresholds.shrinkPercent)
            number(thresholds.growthFactor)
        }
    }

    private mutating func tag(_ tag: SettingsTag, length: Int) {
        number(tag.rawValue)
        number(UInt16(length))
    }

    private mutating func field(_ tag: SettingsTag, _ bytes: [UInt8]) {
        self.tag(tag, length: bytes.count)
        for byte in bytes { number(byte) }
    }

    private mutating func field(_ tag: SettingsTag, _ value: String) throws(EncodingFault) {
        number(tag.rawValue)
        try text(value)
    }

    private mutating func field(_ schedule: DailySchedule?) throws(EncodingFault) {
        guard let schedule else { return tag(.schedule, length: 0) }
        let zone = schedule.timeZone
        guard zone.utf8.count <= RecordFormat.textLimit else { throw .textTooLong }
        guard !zone.utf8.contains(0) else { throw .textHoldsZeroByte }
        tag(.schedule, length: 2 + zone.utf8.count)
        number(UInt8(truncatingIfNeeded: schedule.dailyAt.hour))
        number(UInt8(truncatingIfNeeded: schedule.dailyAt.minute))
        raw(zone)
    }
}

extension ByteReader {
    /// The settings to the end of the record.
    mutating func settings(_ bytes: Span<UInt8>) throws(LogFault) -> SettingsChange {
        var change = SettingsChange()
        var last: UInt8 = 0
        while !isAtEnd {
            let raw: UInt8 = try number(bytes)
            guard raw > last else { throw .malformed("settings are out of order") }
            last = raw
            guard let tag = SettingsTag(rawValue: raw) else { throw .newer("setting \(raw)") }
            let length = Int(try number(bytes) as UInt16)
            let start = try take(length)
            var field = ByteReader(start..<start + length)
            try field.setting(tag, of: bytes, into: &change)
            guard field.isAtEnd else { throw .malformed("a setting is too long") }
        }
        return change
    }

    private mutating func setting(
        _ tag: SettingsTag, of bytes: Span<UInt8>, into change: inout SettingsChange
    ) throws(LogFault) {
        switch tag {
        case .advertiserId: change.advertiserId = try rest(bytes)
        case .audienceName: change.audienceName = try rest(bytes)
        case .region: change.region = .some(try choice(bytes))
        case .piiType: change.piiType = .some(try choice(bytes))
        case .credential: change.credential = try rest(bytes)
        case .endpoint: change.endpoint = try endpoint(rest(bytes))
        case .externalAudienceId: change.externalAudienceId = .some(isAtEnd ? nil : try rest(bytes))
        case .enabled: change.enabled = try flag(bytes)
        case .schedule: change.schedule = .some(isAtEnd ? nil : try schedule(bytes))
        case .minimumMembers: change.minimumMembers = .some(try number(bytes))
        case .thresholds:
            change.thresholds = Thresholds(
                shrinkMembers: try number(bytes), shrinkPercent: try number(bytes),
                growthFactor: try number(bytes))
        }
    }

    private mutating func rest(_ bytes: Span<UInt8>) throws(LogFault) -> String {
        try text(bytes, count: end - offset)
    }

    private mutating func schedule(_ bytes: Span<UInt8>) throws(LogFault) -> DailySchedule {
        let hour: UInt8 = try number(bytes)
        let minute: UInt8 = try number(bytes)
        guard let time = TimeOfDay(hour: Int(hour), minute: Int(minute)) else {
            throw .malformed("a time of day does not exist")
        }
        return DailySchedule(dailyAt: time, timeZone: try rest(bytes))
    }

    /// An address of an API, as events hold it.
    func endpoint(_ text: String) throws(LogFault) -> Endpoint {
        guard let endpoint = Endpoint(text) else { throw .malformed("an endpoint is no address") }
        return endpoint
    }
}
