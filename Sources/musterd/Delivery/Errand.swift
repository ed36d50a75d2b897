import Logging
import MusterCore
import MusterStore

/// One run on its way: does each step that the state asks for and settles what came of it.
struct Errand: Sendable {
    let engine: EngineHandle
    let calls: APICalls
    let credentials: Credentials
    let logger: Logger

    /// Carries the run until it has ended.
    func carry(_ id: RunID) async throws {
        var list: FrozenAudience?
        while let task = try await engine.task(for: id) {
            try Task.checkCancellation()
            switch task.step {
            case .freeze: list = try await freeze(task)
            case .resolveSegment(let intendedAt): try await resolve(task, intendedAt: intendedAt)
            case .deliver: try await deliver(task, &list)
            case .finish: try await engine.settle(id, .finished)
            }
        }
    }

    private func freeze(_ task: EngineHandle.Task) async throws -> FrozenAudience? {
        guard let credential = try await credential(for: task) else { return nil }
        let source = AudienceSource(
            files: task.files, instance: task.instance.number, position: task.position,
            since: task.instance.lastSuccess?.frozen?.position)
        do {
            let list = try await Background.run { try source.read() }
            list.passedOver.log(to: logger)
            let target = Target(settings: task.instance.settings, endpoint: credential.endpoint)
            try await engine.settle(
                task.run.id, .frozen(list.frozen(run: task.run.id, target: target)))
            return list.audience
        } catch let error as LogError {
            logger.error("the list cannot be built from the log: \(error.message)")
            try await fail(task, .determinism, "the list cannot be built from the log")
            return nil
        }
    }

    private func resolve(_ task: EngineHandle.Task, intendedAt: Timestamp?) async throws {
        guard let frozen = task.run.frozen, let credential = try await credential(for: task) else {
            return
        }
        let search = SegmentSearch(
            calls: calls(until: task.deadline), target: frozen.target,
            token: credential.token)
        let answer: SegmentSearch.Result
        do {
            answer = try await search.find(intendedAt: intendedAt) {
                try await engine.settle(task.run.id, .creationIntended)
            }
        } catch is PastDeadline {
            return
        } catch let failure as CallFailure {
            try await settle(failure, task, credential)
            return
        }
        switch answer {
        case .segment(let segment): try await engine.settle(task.run.id, .resolved(segment))
        case .several(let count):
            try await engine.settle(
                task.run.id,
                .held(
                    .duplicateSegment, detail: "\(count) segments have this name and region",
                    tokenFingerprint: nil))
        case .missing:
            try await fail(task, .rejected, "the advertiser has no segment of this id")
        }
    }

    /// The credential of a run, at the endpoint its list was frozen for; otherwise the run is held
    /// and nil returned.
    func credential(for task: EngineHandle.Task) async throws -> Credential? {
        do {
            let credential = try credentials.read(credentialName(of: task))
            guard let target = task.run.frozen?.target, target.endpoint != credential.endpoint
            else {
                return credential
            }
            try await hold(
                task, "the credential names another endpoint than when the list was frozen",
                credential.token)
        } catch let error as CredentialError {
            try await hold(task, error.message, nil)
        }
        return nil
    }

    private func credentialName(of task: EngineHandle.Task) -> String {
        task.run.frozen?.target.credential ?? task.instance.settings.credential
    }

    /// The calls of a step; past the deadline they end it, and the next look at the run ends the
    /// run.
    func calls(until deadline: Timestamp?) -> APICalls {
        var calls = calls
        calls.deadline = deadline
        return calls
    }

    private func hold(_ task: EngineHandle.Task, _ detail: String, _ token: Token?) async throws {
        try await engine.settle(
            task.run.id,
            .held(.credential, detail: detail, tokenFingerprint: token?.fingerprint))
    }

    func fail(_ task: EngineHandle.Task, _ failure: FailureClass, _ detail: String) async throws {
        try await engine.settle(task.run.id, .failed(failure, detail: detail))
    }

    /// Settles a call that did not succeed.
    func settle(_ failure: CallFailure, _ task: EngineHandle.Task, _ credential: Credential)
        async throws
    {
        switch failure {
        case .deadToken(let detail):
            // The file may have been replaced since the step began: its token is tried then.
            // One that cannot be read is no other token.
            if let now = try? credentials.read(credentialName(of: task)),
                now.token.fingerprint != credential.token.fingerprint
            {
                logger.notice("the token was refused, and the file holds another; it is tried")
                return
            }
            try await hold(task, detail, credential.token)
        case .rejected(let detail): try await fail(task, .rejected, detail)
        case .unauthorized(let detail): try await fail(task, .unauthorized, detail)
        case .unavailable(let detail), .lost(let detail), .unreadable(let detail):
            try await fail(task, .unavailable, detail)
        }
    }
}
