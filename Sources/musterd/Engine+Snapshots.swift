import Logging
import MusterCore
import MusterStore
import NIOCore
import NIOPosix

/// Which snapshot is the newest, and whether one is being written.
struct SnapshotProgress {
    var newest: SnapshotHeader?
    /// The log's bytes when the newest was taken, or when one could not be written.
    var bytes: Int
    /// The one that is being written.
    var underWay: SnapshotWriting?
    var isWriting: Bool { underWay != nil }

    /// How many bytes of log make a snapshot worth its writing; a large state asks for half of its
    /// own size: snapshots write three times what the log does at most.
    static let leastBytes = 128 << 20
    /// As above, when the daemon stops and nobody waits.
    static let leastBytesAtStop = 4 << 20
}

extension Engine {
    /// Begins a snapshot of what is durable now, written beside the engine from the snapshot before
    /// and the log; of the state only the rest is taken, so that the lists of members are not copied
    /// when they change meanwhile.
    func takeSnapshotWhereDue() {
        let head = self.head
        guard head.bytes - snapshots.bytes >= SnapshotProgress.leastBytes, !snapshots.isWriting,
            !isStopping, head.position == state.position,
            head.bytes - snapshots.bytes >= Self.fileSize(of: state) / 2
        else { return }
        let begin = NIODeadline.now()
        defer { stops.noteSnapshot(since: begin) }
        let writing = SnapshotWriting(header(of: head))
        snapshots.underWay = writing
        snapshots.bytes = head.bytes
        let outline = Outline(of: state)
        let files = files
        Background.snapshots
            .runIfActive(eventLoop: loop.nonisolated()) {
                Background.giveWay()
                writing.end(Self.write(outline, writing.header, to: files))
            }
            .assumeIsolated()
            // The pool refuses work only when the process ends.
            .whenSuccess { self.finish(writing) }
    }

    /// About how large the snapshot of a state is: its people.
    private static func fileSize(of state: State) -> Int {
        32 * state.instances.reduce(0) { $0 + $1.members.count }
    }

    /// Writes a snapshot and returns those that were passed over for it.
    private static func write(
        _ outline: Outline, _ header: SnapshotHeader, to files: any FileSystem
    ) -> SnapshotWriting.Outcome {
        Result { () throws(LogError) in try Snapshots(files).write(outline, header) }
    }

    /// Takes note of one that has ended, once.
    private func finish(_ writing: SnapshotWriting) {
        guard let outcome = writing.takeOutcome() else { return }
        snapshots.underWay = nil
        finishSnapshot(writing.header, outcome)
    }

    private func finishSnapshot(_ header: SnapshotHeader, _ outcome: SnapshotWriting.Outcome) {
        switch outcome {
        case .success(let passedOver):
            passedOver.log(to: logger)
            snapshots.newest = header
            logger.info("a snapshot was written", metadata: ["position": "\(header.position)"])
        case .failure(let error):
            logger.tell(
                .snapshotUnwritten,
                "a snapshot could not be written, which costs time only: \(error.message)")
        }
    }

    /// Writes a snapshot at a clean stop, when all replies have left, where it spares the next
    /// start enough; one that is being written is waited for first, and is what the last begins with.
    func takeLastSnapshot() {
        if let writing = snapshots.underWay {
            Notify.extendTimeout(seconds: 120, status: "writing a snapshot")
            writing.wait()
            finish(writing)
        }
        let head = self.head
        guard head.bytes - snapshots.bytes >= SnapshotProgress.leastBytesAtStop,
            head.position == state.position
        else { return }
        Notify.extendTimeout(seconds: 120, status: "writing a snapshot")
        let header = header(of: head)
        finishSnapshot(header, Self.write(Outline(of: state), header, to: files))
    }

    private func header(of head: LogHead) -> SnapshotHeader {
        SnapshotHeader(
            log: head.log, position: head.position, chain: head.chain, createdAt: clock.now())
    }
}

extension [SnapshotFault] {
    /// Says loudly that snapshots are damaged, though it costs time only.
    func log(to logger: Logger) {
        for fault in self { logger.tell(.snapshotDamaged, "\(fault.message)") }
    }
}
