extension MethodDescription {
    static let instanceConfigure = MethodDescription(
        .command, "instance.configure",
        "Creates an instance, or changes settings of one. Only the fields named are changed.",
        details: """
            Where the list is sent is no parameter: the credential's file names the endpoint, so that no
            client of the socket can have a token sent elsewhere.
            """,
        params: [.required("instance", .instance())] + Schema.namedSettings,
        result: .object(
            "",
            [
                .required("instance", .instance()),
                .required("created", .flag("whether it is new")),
                .required(
                    "changed",
                    .list(
                        "names of the settings that changed, and `endpoint` where the credential "
                            + "names another one; empty where nothing did; of a repeated command "
                            + "the settings that it named", of: .text(""))),
            ]),
        errors: [
            Refusal(
                .instanceImmutable,
                "`piiType` while members are stored; `advertiserId`, `region`, `audienceName`, "
                    + "`externalAudienceId` and the credential's endpoint once the segment at TTD "
                    + "is known"),
            Refusal(.segmentTaken), Refusal(.instanceLimit),
            Refusal(.syncRunning, "one of those settings, while a run is about to use it"),
        ],
        warnings: [
            Remark(
                name: "credential.unusable",
                when: "its file is missing or wrong; runs will be held until it is not"),
            Remark(name: "schedule.none", when: "the audience is sent only by `sync.now`"),
        ])

    static let instanceShow = MethodDescription(
        .query, "instance.show", "Every setting of an instance, and how it stands.",
        params: [.required("instance", .instance())], result: shownInstance,
        errors: [Refusal(.instanceUnknown)])

    static let instanceList = MethodDescription(
        .query, "instance.list", "Every instance.",
        result: .object(
            "",
            [
                .required(
                    "instances",
                    .list("each as in `instance.show`, sorted by name", of: shownInstance))
            ]))

    static let instanceCheck = MethodDescription(
        .query, "instance.check",
        "Asks TTD whether token, access and advertiser of an instance are good, and sends nothing.",
        details: """
            One call lists the advertiser's segments with the instance's token; it is tried once, and only
            its first page is looked at. TTD has 20 seconds, or what the request's deadline leaves; meanwhile
            this is an open request. What is wrong is the result's `problem` and no error. As it uses a token it
            is only for those who may command.
            """,
        params: [.required("instance", .instance())],
        result: .object(
            "",
            [
                .required("token", .word("whether TTD takes it", of: checkedParts)),
                .required(
                    "advertiser", .word("whether the token may use it", of: checkedParts)),
                .required(
                    "segment",
                    .word(
                        "the segment the instance sends to; `absent` only where the whole list was "
                            + "seen, `unseen` where it goes on; one that is not known yet is then "
                            + "created by the first run",
                        of: CheckAnswer.Finding.allCases.map(\.rawValue))),
                .required(
                    "tokenDaysLeft",
                    Schema.integer(
                        "as in `instance.show`", in: -JSON.integerLimit...JSON.integerLimit
                    ).orNull),
                .required("requestId", Schema.text("TTD's own name of the call").orNull),
                .required("problem", checkProblem.orNull),
            ]),
        errors: [Refusal(.instanceUnknown), Refusal(.accessDenied)])

    private static let checkedParts = CheckAnswer.Part.allCases.map(\.rawValue)

    private static let checkProblem = Schema.object(
        "what is in the way; `null` where nothing is",
        [
            .required("what", .word("the kind", of: CheckProblem.Kind.allCases.map(\.rawValue))),
            .required("message", .text("what is the matter, for people")),
            .required("remedy", .text("what to do about it, for people")),
        ])

    static let instanceRetire = MethodDescription(
        .command, "instance.retire",
        "Takes everybody out of an instance's audience and disables it.",
        details: """
            One small event, however many members there are. The segment at TTD is not touched: it keeps the
            list that was sent last for up to \(HealthClock.retentionDays) days, and only a person can delete it there.
            `instance.configure` with `enabled` takes the instance into use again, from nobody. Where it is
            empty and disabled already, nothing is appended.
            """,
        params: [
            .required("instance", .instance()),
            .required("expectCount", .integer("the members it has, as its owner has seen them")),
        ],
        result: .object(
            "",
            [
                .required("instance", .instance()),
                .required("removed", .integer("how many members left")),
                .required("segment", segment.orNull),
                .required(
                    "retentionDays", .integer("TTD keeps the list sent last so long at most")),
            ]),
        errors: [
            Refusal(.instanceUnknown), Refusal(.instanceCountChanged), Refusal(.syncRunning),
        ])

    private static let shownInstance = Schema.object(
        "",
        [.required("instance", .instance())] + Schema.storedSettings + [
            .required("endpoint", .text("where the credential sends")),
            .required("members", .integer("the size now")),
            .required("version", .integer("of the instance; also beside `result`")),
            .required("segment", segment.orNull),
            .required("lastSync", shownRun("the last run that ended, as in `sync.show`").orNull),
            .required("nextSync", Schema.time("when the next run begins, by the schedule").orNull),
            .required("health", health),
        ])

    private static let segment = Schema.object(
        "the segment at TTD, once it is known",
        [
            .required("crmDataId", .text("TTD's id of it")),
            .required("firstPartyDataId", Schema.text("TTD's other id of it").orNull),
            .required(
                "origin",
                .word("how it came to be used", of: SegmentOrigin.allCases.map(\.word))),
        ])

    private static let health = Schema.object(
        "how near it is to trouble",
        [
            .required("daysSinceUpload", Schema.integer("since the last upload").orNull),
            .required(
                "lastSuccessAt", Schema.time("when the last run that succeeded ended").orNull),
            .required("retentionDays", .integer("TTD keeps a list so long")),
            .required(
                "tokenDaysLeft",
                Schema.integer(
                    "until the token expires; `null` where the credential does not say",
                    in: -JSON.integerLimit...JSON.integerLimit
                ).orNull),
        ])
}

extension Schema {
    /// The settings as a command names them.
    static let namedSettings = settings.map { Property.optional($0.name, $0.named) }

    /// The settings as an answer shows them.
    static let storedSettings = settings.map { Property.required($0.name, $0.stored) }

    /// The settings as an event names those that changed.
    static let changedSettings = settings.flatMap { setting -> [Property] in
        let property = Property.optional(setting.name, setting.stored)
        guard setting.name == "credential" else { return [property] }
        return [property, .optional("endpoint", text("where the credential sends"))]
    }

    private struct Setting {
        let name: String
        let named: Schema
        let stored: Schema

        /// A setting that the first command must name.
        init(_ name: String, first schema: Schema) {
            self.name = name
            named = schema.adding("; required at first")
            stored = schema
        }

        /// A setting with the value it has unless a command names another.
        init(_ name: String, _ schema: Schema, named: Schema? = nil, usual: JSON? = nil) {
            self.name = name
            let form = named ?? schema
            self.named = usual.map { form.defaulting(to: $0) } ?? form
            stored = schema
        }
    }

    private static let settings = [
        Setting(
            "advertiserId",
            first: text("TTD's advertiser", pattern: word(1...TextLimit.advertiserId))),
        Setting(
            "audienceName",
            first: text(
                "the segment's name at TTD, without control characters",
                bytes: TextLimit.audienceName,
                pattern: #"^[^\x00-\x1f\x7f-\x9f]+$"#)),
        Setting("region", first: region), Setting("piiType", first: piiType),
        Setting(
            "credential",
            text(
                "which credential of the host to use", pattern: "^[a-z0-9][a-z0-9._-]{0,62}$"),
            usual: .string(Settings.defaultCredential)),
        Setting(
            "externalAudienceId",
            text(
                "the CrmDataId of a segment that exists already",
                pattern: word(1...TextLimit.externalAudienceId)
            ).orNull,
            usual: .null),
        Setting("enabled", flag("`false` keeps the audience and sends nothing"), usual: true),
        Setting(
            "schedule", schedule(object).orNull, named: schedule(closed).orNull, usual: .null),
        Setting(
            "minimumMembers", integer("a smaller list is not sent", in: 0...1_000_000_000),
            usual: .integer(Int64(Settings.defaultMinimumMembers))),
        Setting(
            "guard", thresholds(object, Property.required),
            named: thresholds(closed, Property.optional)),
    ]

    private static func word(_ count: ClosedRange<Int>) -> String {
        "^[A-Za-z0-9_-]{\(count.lowerBound),\(count.upperBound)}$"
    }

    private static func schedule(_ object: (String, [Property]) -> Schema) -> Schema {
        object(
            "once a day; without one the audience is sent only when asked",
            [
                .required(
                    "dailyAt",
                    text("a local time, `03:00`", pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$")),
                .required(
                    "timeZone",
                    text(
                        "a zone of the host, `America/New_York`", bytes: Zone.nameLimit,
                        pattern:
                            "^[A-Za-z0-9_+-][A-Za-z0-9._+-]*(/[A-Za-z0-9_+-][A-Za-z0-9._+-]*)*$")),
            ])
    }

    private static func thresholds(
        _ object: (String, [Property]) -> Schema, _ property: (String, Schema) -> Property
    ) -> Schema {
        let usual = Thresholds()
        func number(_ about: String, _ range: ClosedRange<Int64>, _ usual: UInt32) -> Schema {
            integer(about, in: range).defaulting(to: .integer(Int64(usual)))
        }
        return object(
            "when a changed list waits for a person",
            [
                property(
                    "shrinkMembers",
                    number(
                        "more than so many left, and `shrinkPercent` is passed too",
                        0...1_000_000_000, usual.shrinkMembers)),
                property(
                    "shrinkPercent",
                    number(
                        "more than such a part left, and `shrinkMembers` is passed too", 0...100,
                        usual.shrinkPercent)),
                property(
                    "growthFactor",
                    number(
                        "the list grew to more than so many times its size", 2...1_000_000,
                        usual.growthFactor)),
            ])
    }
}
