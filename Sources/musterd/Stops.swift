import MusterCore
import NIOCore

/// The longest times that the engine was busy with one thing since its start, while every client
/// waited.
struct Stops {
    /// Deciding and applying one frame.
    private var frame = TimeAmount.zero
    /// Writing one turn's events and waiting for the disk.
    private var commit = TimeAmount.zero
    /// As above, of a turn that also began a segment.
    private var rotation = TimeAmount.zero
    /// Handing the state over to what writes a snapshot.
    private var snapshot = TimeAmount.zero

    /// Notes a frame that was begun with at a time and ends now; returns that.
    mutating func noteFrame(since begin: NIODeadline) -> NIODeadline {
        let end = NIODeadline.now()
        frame = max(frame, end - begin)
        return end
    }

    mutating func noteSnapshot(since begin: NIODeadline) {
        snapshot = max(snapshot, .now() - begin)
    }

    mutating func noteCommit(_ length: TimeAmount, beganSegment: Bool) {
        if beganSegment { rotation = max(rotation, length) } else { commit = max(commit, length) }
    }

    /// As `status` shows it, in microseconds.
    var json: JSON {
        [
            "frame": .integer(frame.microseconds), "commit": .integer(commit.microseconds),
            "rotation": .integer(rotation.microseconds),
            "snapshot": .integer(snapshot.microseconds),
        ]
    }
}

extension TimeAmount {
    fileprivate var microseconds: Int64 { nanoseconds / 1000 }
}
