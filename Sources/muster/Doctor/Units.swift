/// What `systemctl show` says of one unit.
struct UnitReport: Hashable {
    let name: String
    private let properties: [String: String]

    init(_ name: String, _ properties: [String: String]) {
        self.name = name
        self.properties = properties
    }

    /// The value of a property; empty where it has none, nil where it was not told.
    subscript(property: String) -> String? { properties[property] }

    /// Whether systemd has read a file of this unit.
    var isLoaded: Bool { self["LoadState"] == "loaded" }

    /// Units in the text of `systemctl show`: lines `Name=value`, and an empty one between two
    /// units.
    ///
    /// A unit that does not say its `Id` is left out.
    static func parse(_ text: String) -> [UnitReport] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .split { $0.isEmpty }
            .compactMap { lines in
                let pairs = lines.compactMap { line -> (String, String)? in
                    guard let sign = line.firstIndex(of: "=") else { return nil }
                    return (String(line[..<sign]), String(line[line.index(after: sign)...]))
                }
                let properties = Dictionary(pairs) { first, _ in first }
                return properties["Id"].map { UnitReport($0, properties) }
            }
    }
}

/// What could be learned of the units.
enum UnitReports: Hashable {
    /// No systemd runs here.
    case noManager
    /// systemd runs and does not tell.
    case untold(String)
    case told([UnitReport])

    subscript(unit: String) -> UnitReport? {
        guard case .told(let reports) = self else { return nil }
        return reports.first { $0.name == unit }
    }

    /// Whether the units make the socket at `path`, as shipped or by a drop-in.
    func makeSocket(at path: String) -> Bool {
        if UnitSocket(rawValue: path) != nil { return true }
        guard case .told(let reports) = self else { return false }
        return reports.contains { report in
            (report["Listen"] ?? "").split(separator: " ").contains { $0 == path }
        }
    }

    /// Whether the service has failed, so that a client would only make it fail again.
    var hasFailedService: Bool { self[Self.service]?["ActiveState"] == "failed" }

    static let service = "musterd.service"
    /// Wakes a service that ended when nobody needed it, for what is due.
    static let timer = "musterd-wake.timer"
    static let units = [service, timer] + UnitSocket.allCases.map(\.unit)

    /// Whether the service is started for what is due, though no client comes.
    var isWoken: Bool { self[Self.timer]?["ActiveState"] == "active" }
    /// What is asked of them beside the sandbox.
    static let properties = [
        "Id", "LoadState", "ActiveState", "SubState", "Result", "ExecMainCode", "ExecMainStatus",
        "NRestarts", "StatusText", "NeedDaemonReload", "UnitFileState", "DropInPaths", "Listen",
    ]
}

/// A socket that the units make, by its path.
enum UnitSocket: String, CaseIterable {
    case command = "/run/musterd/command.sock"
    case query = "/run/musterd/query.sock"

    var unit: String {
        switch self {
        case .command: "musterd.socket"
        case .query: "musterd-query.socket"
        }
    }

    /// Whose members may connect.
    var group: String {
        switch self {
        case .command: "muster"
        case .query: "muster-read"
        }
    }

    /// What those may who connect.
    var rights: String {
        switch self {
        case .command: "command and ask"
        case .query: "ask"
        }
    }
}
