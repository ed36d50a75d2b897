import MusterClient
import MusterCore
import MusterStore

/// One visit of the doctor's: the host is read, systemd asked, then the daemon.
struct Examination {
    static let usualStateDirectory = "/var/lib/musterd"
    private static let deadline = Duration.seconds(10)
    /// Longer than the daemon gives The Trade Desk, so that its answer says what is in the way.
    private static let endpointDeadline = Duration.seconds(25)
    /// A larger log takes too long to verify for a look.
    private static let verifiedBytes = 256 << 20

    private let path: String
    private let skipped: [Topic]
    private let stateDirectory: String?

    init(path: String, skipped: [Topic], stateDirectory: String?) {
        self.path = path
        self.skipped = skipped
        let usual = UnitSocket(rawValue: path) == nil ? nil : Self.usualStateDirectory
        self.stateDirectory = stateDirectory ?? usual
    }

    /// Whether and what the daemon answered.
    private enum Answer {
        case told(status: JSONValue, MusterConnection)
        case none(ClientError)
        /// Its service has failed: a connection would only start it again.
        case notAsked
    }

    /// What was found, and how the program is to end.
    func examine() async -> (Diagnosis, ExitStatus) {
        var reports = Systemctl.reports()
        let answer = await ask(reports)
        // The question itself may have started the service, which then ended.
        if case .none = answer { reports = Systemctl.reports() }
        var diagnosis = Diagnosis(host(reports, answer))
        switch answer {
        case .told(let status, let connection):
            diagnosis.add(Diagnosis(status))
            diagnosis.add(facts(of: status))
            if !skipped.contains(.endpoint) { diagnosis.add(await endpoints(connection)) }
            await connection.close()
        case .none(let error):
            diagnosis.add(Diagnosis(error))
            diagnosis.add(factsWithoutDaemon())
        case .notAsked:
            diagnosis.add([
                .bad(
                    .daemon, "not asked: its service has failed, and a client would start it again",
                    "Do what is said of the unit.")
            ])
            diagnosis.add(factsWithoutDaemon())
        }
        diagnosis.leaveOut(skipped)
        return (diagnosis, status(of: diagnosis, answer))
    }

    private func status(of diagnosis: Diagnosis, _ answer: Answer) -> ExitStatus {
        switch answer {
        case .told: ExitStatus(diagnosis.level)
        case .none, .notAsked: diagnosis.isBad(.unit) ? .misuse : .unreachable
        }
    }

    private func ask(_ reports: UnitReports) async -> Answer {
        if reports.hasFailedService, reports.makeSocket(at: path) { return .notAsked }
        do throws(ClientError) {
            let connection = try await MusterConnection.connect(path: path)
            return .told(status: try await connection.status(deadline: Self.deadline), connection)
        } catch {
            return .none(error)
        }
    }

    private func host(_ reports: UnitReports, _ answer: Answer) -> [Finding] {
        let findings = SocketFindings(
            path: path, file: HostProbe.socketFile(path), caller: HostProbe.caller(),
            group: UnitSocket(rawValue: path).flatMap { HostProbe.group(named: $0.group) })
        let answers = if case .told = answer { true } else { false }
        return [findings.socket, findings.membership(answers: answers)]
            + UnitFindings.judge(reports, path: path) + SandboxFindings.judge(reports, path: path)
    }

    private func facts(of status: JSONValue) -> [Finding] {
        let newest = status["newestEventAt"]?.string.flatMap { Timestamp(text: $0) }
        return ClockFindings.judge(HostProbe.clockState(), newest: newest, now: .now)
            + [DiskFindings.judge(DiskRoom(status)), LogFindings.judge(status)]
    }

    private func factsWithoutDaemon() -> [Finding] {
        let room = stateDirectory.flatMap { directory in
            // Where the host does not tell, nothing is judged.
            (try? PosixFileSystem(root: directory).freeBytes()).map { DiskRoom(bytes: $0) }
        }
        return ClockFindings.judge(HostProbe.clockState(), newest: nil, now: .now)
            + [DiskFindings.judge(room)] + LogFindings.judge(look(), directory: stateDirectory)
    }

    private func look() -> LogLook {
        guard !skipped.contains(.log) else { return .closed("it was to be left out") }
        guard let stateDirectory else { return .closed("no --state-directory was named") }
        guard HostProbe.mayRead(stateDirectory) else {
            return .closed("\(stateDirectory) is not there or may not be read")
        }
        let files = PosixFileSystem(root: stateDirectory)
        // What cannot be measured is left to the verification to tell.
        let bytes = (try? files.bytesOfSegments()) ?? 0
        return bytes > Self.verifiedBytes
            ? .tooLarge(bytes: bytes) : .verified(LogVerification(files))
    }

    private func endpoints(_ connection: MusterConnection) async -> [Finding] {
        let instances: [JSONValue]
        do throws(ClientError) {
            let reply = try await connection.call("instance.list", deadline: Self.deadline)
            instances = reply.result["instances"]?.array ?? []
        } catch {
            return [.warn(.endpoint, "not asked: \(error.message)", error.remedy ?? "Try again.")]
        }
        let questions = EndpointQuestion.all(instances)
        guard !questions.isEmpty else {
            return [.ok(.endpoint, "not asked: no audience is enabled")]
        }
        var findings: [Finding] = []
        var unreachable: Set<String> = []
        for question in questions.prefix(EndpointQuestion.limit)
        where !unreachable.contains(question.endpoint) {
            let answer = await put(question, connection)
            findings.append(EndpointFindings.judge(question, answer))
            // Each would be waited for in vain.
            if answer.isUnreachable { unreachable.insert(question.endpoint) }
            if case .failed(_, isDenied: true) = answer { return findings }
        }
        let more = questions.count - EndpointQuestion.limit
        if more > 0 { findings.append(.ok(.endpoint, "\(more.counted("credential")) not asked")) }
        return findings
    }

    private func put(
        _ question: EndpointQuestion, _ connection: MusterConnection
    ) async -> EndpointAnswer {
        do throws(ClientError) {
            return .checked(
                try await connection.check(
                    question.instance, deadline: Self.endpointDeadline
                ).problem)
        } catch .refused(let error) where error.kind == "access" {
            return .failed(message: error.message, isDenied: true)
        } catch {
            return .failed(message: error.message, isDenied: false)
        }
    }
}
