/// Judges the state of the units.
enum UnitFindings {
    private static let reset =
        "systemctl reset-failed musterd.service musterd.socket; systemctl start musterd.socket "
        + "musterd.service"

    /// What is to be said of the units behind the socket at `path`.
    static func judge(_ reports: UnitReports, path: String) -> [Finding] {
        switch reports {
        case .noManager:
            return [.ok(.unit, "not looked at: no systemd runs on this host")]
        case .untold(let why):
            return [
                .warn(
                    .unit, "systemd does not tell of the units: \(why)",
                    "Try systemctl status musterd.service.")
            ]
        case .told:
            guard reports.makeSocket(at: path) else {
                return [.ok(.unit, "not looked at: the socket is none of the units'")]
            }
            let service = [service(reports[UnitReports.service], reports)]
            return service + UnitSocket.allCases.compactMap { socket(reports[$0.unit], $0) }
        }
    }

    private static func service(_ unit: UnitReport?, _ reports: UnitReports) -> Finding {
        guard let unit, let state = unit["ActiveState"] else { return missing(UnitReports.service) }
        if let problem = unloaded(unit) { return problem }
        switch state {
        case "failed": return failed(unit)
        case "activating" where unit["SubState"] == "auto-restart":
            let end = end(of: unit)
            return .bad(.unit, "\(unit.name): \(end.words); it is being started again", end.remedy)
        case "activating":
            let text = unit["StatusText"] ?? ""
            return .warn(
                .unit, "\(unit.name) is starting" + (text.isEmpty ? "" : ": \(text)"),
                "Wait; a long log takes its time to be read.")
        case "active": return running(unit, isWoken: reports.isWoken)
        default: return resting(unit, reports)
        }
    }

    private static func running(_ unit: UnitReport, isWoken: Bool) -> Finding {
        let restarts = unit["NRestarts"].flatMap { Int($0) } ?? 0
        guard restarts == 0 else {
            return .warn(
                .unit,
                "\(unit.name) runs, after it ended badly \(restarts.counted("time"))",
                "journalctl -u \(unit.name) -b tells why; systemctl reset-failed \(unit.name) "
                    + "begins to count anew.")
        }
        guard isWoken || unit["UnitFileState"] != "disabled" else {
            return .warn(
                .unit, "\(unit.name) runs, and is not started when the host is",
                "As root, systemctl enable musterd.socket musterd.service.")
        }
        return .ok(.unit, "\(unit.name) runs")
    }

    /// A service that ended well, or never began.
    private static func resting(_ unit: UnitReport, _ reports: UnitReports) -> Finding {
        let isAwaited = UnitSocket.allCases.contains {
            reports[$0.unit]?["ActiveState"] == "active"
        }
        guard isAwaited else {
            return .bad(
                .unit, "\(unit.name) is stopped, and so is its socket",
                "As root, systemctl start musterd.socket musterd.service.")
        }
        // It was stopped after it had failed, and what it failed of is still to be mended.
        guard unit["Result"] == "success" else { return failed(unit) }
        guard reports.isWoken else {
            return .warn(
                .unit, "\(unit.name) does not run, and only a client starts it, not what is due",
                "As root, systemctl enable --now musterd.service, or \(UnitReports.timer).")
        }
        return .ok(.unit, "\(unit.name) does not run; a client or what is due starts it")
    }

    private static func failed(_ unit: UnitReport) -> Finding {
        let end = end(of: unit)
        let status = unit["ExecMainStatus"] ?? ""
        let isFinal = unit["ExecMainCode"] == "1" && UnitEnd.final.contains(status)
        var words = "\(unit.name) has failed: \(end.words)"
        if unit["Result"] == "start-limit-hit" {
            words += "; it was started so often that systemd gave up"
        } else if isFinal {
            words += "; systemd does not start it again by itself"
        }
        return .bad(.unit, words, "\(end.remedy) Then \(reset).")
    }

    private static func end(of unit: UnitReport) -> UnitEnd {
        UnitEnd(
            result: unit["Result"] ?? "", code: unit["ExecMainCode"] ?? "",
            status: unit["ExecMainStatus"] ?? "")
    }

    private static func socket(_ unit: UnitReport?, _ socket: UnitSocket) -> Finding? {
        let isOptional = socket == .query
        guard let unit, unit["LoadState"] != "not-found" else {
            return isOptional ? nil : missing(socket.unit)
        }
        if let problem = unloaded(unit) { return problem }
        switch unit["ActiveState"] {
        case "failed":
            let why =
                switch unit["Result"] {
                case "trigger-limit-hit", "service-start-limit-hit":
                    "the service ended again and again before it took a connection"
                case let result: "its result is \(result ?? "not told")"
                }
            return .bad(
                .unit, "\(unit.name) has failed: \(why)",
                "Mend what musterd.service ends of. Then \(reset).")
        case "active":
            guard unit["UnitFileState"] != "disabled" else {
                return .warn(
                    .unit, "\(unit.name) listens, and does not when the host is started",
                    "As root, systemctl enable \(unit.name).")
            }
            return .ok(.unit, "\(unit.name) listens")
        default:
            return isOptional
                ? nil
                : .bad(
                    .unit, "\(unit.name) does not listen",
                    "As root, systemctl start \(unit.name).")
        }
    }

    private static func unloaded(_ unit: UnitReport) -> Finding? {
        switch unit["LoadState"] {
        case "loaded": nil
        case "not-found": missing(unit.name)
        case "masked":
            .bad(.unit, "\(unit.name) is masked", "As root, systemctl unmask \(unit.name).")
        case let state:
            .bad(
                .unit, "\(unit.name) cannot be used: \(state ?? "it is not told why")",
                "systemctl status \(unit.name) says why.")
        }
    }

    private static func missing(_ unit: String) -> Finding {
        .bad(
            .unit, "\(unit) is not installed",
            "Install the units, then as root systemctl daemon-reload.")
    }
}
