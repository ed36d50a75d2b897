import MusterClient
import MusterCore

/// What an import did, as far as the daemon has answered.
struct ImportReport {
    /// What a row's number counts: lines of a file, or arguments.
    let place: String
    private let mostListed: Int
    private(set) var added = 0
    private(set) var removed = 0
    private(set) var unchanged = 0
    private(set) var members: Int?
    /// The last row whose fate is known.
    private(set) var lastRow = 0
    private var counts: [String: Int] = [:]
    private var listed: [(line: Int, reason: String)] = []

    init(place: String, mostListed: Int) {
        self.place = place
        self.mostListed = mostListed
    }

    var rejected: Int { counts.values.reduce(0, +) }

    mutating func reject(_ fault: RowFault, line: Int) {
        reject(fault.rawValue, line: line)
    }

    /// Takes the daemon's answer to a batch.
    mutating func take(_ change: MembershipChange, to batch: Batch) {
        switch batch.direction {
        case .add: added += change.changed
        case .remove: removed += change.changed
        }
        unchanged += change.unchanged
        members = change.members
        for rejected in change.rejected where batch.lines.indices.contains(rejected.index) {
            reject(rejected.reason, line: batch.lines[rejected.index])
        }
        lastRow = max(lastRow, batch.lines.last ?? 0)
    }

    /// Takes what a refusal of the whole batch says about its members.
    mutating func take(_ refusal: ServerError, of batch: Batch) {
        for rejected in refusal.details["rejected"]?.array ?? [] {
            guard let index = rejected["index"]?.integer, batch.lines.indices.contains(index),
                let reason = rejected["reason"]?.string
            else { continue }
            reject(reason, line: batch.lines[index])
        }
    }

    private mutating func reject(_ reason: String, line: Int) {
        counts[reason, default: 0] += 1
        if listed.count < mostListed { listed.append((line, reason)) }
    }

    /// The report for people.
    func text(_ instance: String) -> String {
        var parts: [String] = []
        if added > 0 || removed == 0 { parts.append("\(added.grouped) added") }
        if removed > 0 || added == 0 { parts.append("\(removed.grouped) removed") }
        parts.append("\(unchanged.grouped) unchanged")
        parts.append("\(rejected.grouped) rejected")
        let size = members.map { "; \($0.counted("member")) now" } ?? ""
        let first = "\(instance): \(parts.joined(separator: ", "))\(size)"
        return ([first] + rejections).joined(separator: "\n")
    }

    private var rejections: [String] {
        guard rejected > 0 else { return [] }
        var reasons = Table([("REASON", .left), ("ROWS", .right), ("MEANING", .left)])
        for (reason, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            reasons.add([reason, count.grouped, Self.explanation(of: reason)])
        }
        let rows = listed.sorted { $0.line < $1.line }.map { row in
            "\(place) \(row.line.grouped): \(row.reason)"
        }
        let more = rejected - listed.count
        let rest = more > 0 ? ["and \(more.grouped) more; --rejects lists as many as you name"] : []
        return ["", reasons.text, ""] + rows + rest
    }

    /// The report as the protocol would give it, rows by their numbers.
    var json: JSONValue {
        [
            "added": .integer(added), "removed": .integer(removed),
            "unchanged": .integer(unchanged),
            "rejected": .array(
                listed.map { [place: .integer($0.line), "reason": .string($0.reason)] }),
            "rejectedCount": .integer(rejected),
            "members": members.map { .integer($0) } ?? .null,
        ]
    }

    private static func explanation(of reason: String) -> String {
        RowFault(rawValue: reason)?.explanation
            ?? MemberRejection(rawValue: reason)?.explanation ?? ""
    }
}
