/// Judges whether the service's sandbox is as it is shipped.
enum SandboxFindings {
    /// What a property has to be.
    enum Rule: Hashable {
        case one(of: [String])
        /// Every word of the list stands in the value.
        case holds([String])
        case empty
        /// What is not named is forbidden; systemd writes its contrary with a tilde.
        case allowList

        func allows(_ value: String) -> Bool {
            switch self {
            case .one(let values): values.contains(value)
            case .holds(let words):
                Set(words).isSubset(of: value.split(separator: " ").map { String($0) })
            case .empty: value.isEmpty
            case .allowList: !value.isEmpty && !value.hasPrefix("~")
            }
        }
    }

    /// A property that the daemon, or those whose data it has, rely on.
    struct Property: Hashable {
        let name: String
        let rule: Rule
        let level: Finding.Level
        /// What follows where it is otherwise.
        let otherwise: String
    }

    private static func needed(_ name: String, _ rule: Rule, _ otherwise: String) -> Property {
        Property(name: name, rule: rule, level: .bad, otherwise: otherwise)
    }

    /// Without it the daemon works, and an intruder could do more.
    private static func fence(_ name: String, _ rule: Rule = .one(of: ["yes"])) -> Property {
        Property(
            name: name, rule: rule, level: .warn,
            otherwise: "an intruder could do more than the daemon has to")
    }

    static let properties = [
        needed(
            "PrivateUsers", .one(of: ["no", "identity"]),
            "every client but root then looks like the user 65534, and the log cannot say who did what"
        ),
        needed(
            "PrivateNetwork", .one(of: ["no"]), "The Trade Desk cannot be reached"),
        needed(
            "RestrictAddressFamilies", .holds(["AF_UNIX", "AF_INET", "AF_INET6"]),
            "clients or The Trade Desk cannot be reached, or the sandbox is open"),
        needed("LimitCORE", .one(of: ["0"]), "a core file would hold people and the token"),
        needed("UMask", .one(of: ["0077"]), "other users could read what it writes"),
        needed("User", .one(of: ["musterd"]), "it has more rights than it needs, or other files"),
        fence("NoNewPrivileges"), fence("CapabilityBoundingSet", .empty),
        fence("AmbientCapabilities", .empty), fence("ProtectSystem", .one(of: ["strict"])),
        fence("ProtectHome"), fence("ProtectClock"),
        // Later systemds have stronger values of some.
        fence("ProtectControlGroups", .one(of: ["yes", "private", "strict"])),
        fence("ProtectHostname", .one(of: ["yes", "private"])), fence("ProtectKernelLogs"),
        fence("ProtectKernelModules"),
        fence("ProtectKernelTunables"), fence("PrivateTmp", .one(of: ["yes", "disconnected"])),
        fence("PrivateDevices"),
        fence("RestrictNamespaces"), fence("RestrictRealtime"), fence("RestrictSUIDSGID"),
        fence("LockPersonality"), fence("MemoryDenyWriteExecute"), fence("PrivateMounts"),
        fence("RemoveIPC"), fence("ProtectProc", .one(of: ["invisible"])),
        fence("ProcSubset", .one(of: ["pid"])), fence("DevicePolicy", .one(of: ["closed"])),
        fence("KeyringMode", .one(of: ["private"])),
        fence("SystemCallArchitectures", .one(of: ["native"])),
        fence("SystemCallFilter", .allowList),
    ]

    /// What is to be said of the service's unit.
    static func judge(_ reports: UnitReports, path: String) -> [Finding] {
        guard reports.makeSocket(at: path), let unit = reports[UnitReports.service], unit.isLoaded
        else { return [.ok(.sandbox, "not looked at: there is no unit to look at")] }
        let weak = properties.compactMap { finding(of: $0, in: unit) }
        guard weak.isEmpty else { return weak }
        if unit["NeedDaemonReload"] == "yes" {
            return [
                .warn(
                    .sandbox, "the unit's files are newer than what systemd has read of them",
                    "As root, systemctl daemon-reload, then systemctl restart musterd.service.")
            ]
        }
        return [.ok(.sandbox, "it is as shipped")]
    }

    private static func finding(of property: Property, in unit: UnitReport) -> Finding? {
        // An older systemd does not know it.
        guard let value = unit[property.name], !property.rule.allows(value) else { return nil }
        let shown = value.count > 60 ? value.prefix(60) + "..." : value[...]
        let dropIns = unit["DropInPaths"] ?? ""
        return Finding(
            level: property.level, check: Topic.sandbox.rawValue,
            message: "\(property.name)=\(shown) is not as shipped: \(property.otherwise)",
            remedy: dropIns.isEmpty
                ? "Install the unit as it is shipped, then as root systemctl daemon-reload."
                : "Take it out of \(dropIns), then as root systemctl daemon-reload and systemctl "
                    + "restart musterd.service.")
    }
}
