import Logging
import MusterCore
import MusterStore

extension Errand {
    /// Opens a drop and uploads the list to it; an address that expired is replaced, up to the
    /// limit of drops.
    func deliver(_ task: EngineHandle.Task, _ list: inout FrozenAudience?) async throws {
        guard let frozen = task.run.frozen, let segment = task.instance.segment,
            let credential = try await credential(for: task)
        else { return }
        guard task.run.drops < State.dropLimit else {
            try await fail(
                task, .unavailable, "three upload addresses were opened and none took the list")
            return
        }
        guard let body = try await verified(&list, frozen, task) else { return }
        let opened: APICalls.Drop
        do {
            opened = try await calls(until: task.deadline).openDrop(
                frozen.target, segment: segment.crmDataId, token: credential.token)
        } catch is PastDeadline {
            return
        } catch let failure as CallFailure {
            try await settle(failure, task, credential)
            return
        }
        guard frozen.target.endpoint.mayUpload(to: opened.url) else {
            try await fail(task, .rejected, "TTD named an upload address that may not be used")
            return
        }
        try await engine.settle(task.run.id, .dropOpened(reference: opened.reference))
        try await engine.settle(task.run.id, .uploadStarted)
        logger.info(
            "uploading", metadata: ["bytes": "\(frozen.bytes)", "members": "\(frozen.count)"])
        let (engine, run) = (engine, task.run.id)
        defer { engine.handedOver(nil, of: frozen.bytes, run) }
        do {
            let rows = UploadBody(list: body) { sent in
                engine.handedOver(sent, of: frozen.bytes, run)
            }
            let status = try await calls.upload(rows, to: opened.url)
            try await engine.settle(
                task.run.id,
                .uploaded(status: UInt16(status), bytes: frozen.bytes, requestId: opened.requestId))
        } catch CallFailure.unreadable(let detail) {
            // Nothing whole was sent. The next step builds the list again, without the snapshot
            // that failed.
            logger.error("the upload was broken off: \(detail)")
            list = nil
        } catch CallFailure.unauthorized {
            // The signed address has expired or was refused: the next step opens another drop.
            logger.notice("the upload address was refused; another is asked for")
        } catch let failure as CallFailure {
            try await settle(failure, task, credential)
        }
    }

    /// The frozen list, built again where this process has not frozen it; its digest must be the
    /// recorded one.
    private func verified(
        _ list: inout FrozenAudience?, _ frozen: SyncFrozen, _ task: EngineHandle.Task
    ) async throws -> FrozenAudience? {
        if let list, list.digest == frozen.digest { return list }
        let source = AudienceSource(
            files: task.files, instance: task.instance.number, position: frozen.position,
            since: nil)
        do {
            let reading = try await Background.run { try source.read() }
            reading.passedOver.log(to: logger)
            let built = reading.audience
            guard built.digest == frozen.digest, UInt64(built.count) == frozen.count else {
                logger.critical("the list at its position is not the list that was frozen")
                try await fail(
                    task, .determinism, "the list at its position is not the list that was frozen")
                return nil
            }
            list = built
            return built
        } catch let error as LogError {
            logger.critical("the list cannot be built from the log: \(error.message)")
            try await fail(task, .determinism, "the list cannot be built from the log")
            return nil
        }
    }
}
