import MusterClient
import MusterCore

/// What an import did, as far as the daemon has answered.
struct ImportReport {
    /// What a row's number counts: lines of a file, or arguments.
    let place: String
    /// What the rows' files are called, where there may be several.
    private let files: [String]
    private let mostListed: Int
    /// Where all that is rejected is kept, if anywhere.
    private let rejects: RejectFile?
    private(set) var added = 0
    private(set) var removed = 0
    private(set) var unchanged = 0
    /// How many members of these the daemon had taken before, as it says itself.
    private(set) var replayed = 0
    /// How many the audience has.
    var members: Int?
    /// The last row whose fate is known.
    private(set) var lastRow: InputRow.Place?
    private(set) var rejected = 0
    private var reasons: [String: Int] = [:]
    private var listed: [(place: InputRow.Place, reason: String)] = []

    init(
        place: String, mostListed: Int, files: [String] = [], rejects: RejectFile? = nil
    ) {
        self.place = place
        self.mostListed = mostListed
        self.files = files
        self.rejects = rejects
    }

    mutating func reject(_ fault: RowFault, at place: InputRow.Place) {
        reject(fault.rawValue, at: place, member: nil)
    }

    mutating func reject(_ reason: MemberRejection, _ member: String, at place: InputRow.Place) {
        reject(reason.rawValue, at: place, member: member)
    }

    /// Takes over a batch that was decided before and had changed nothing.
    mutating func skip(_ batch: Batch) {
        unchanged += batch.members.count
        replayed += batch.members.count
        lastRow = batch.places.last ?? lastRow
    }

    /// Takes over rows that would change nothing.
    mutating func leave(_ rows: Int) { unchanged += rows }

    /// Takes the daemon's answer to a batch.
    mutating func take(_ change: MembershipChange, to batch: Batch) {
        switch batch.direction {
        case .add: added += change.changed
        case .remove: removed += change.changed
        }
        unchanged += change.unchanged
        members = change.members
        if change.reply.wasReplayed { replayed += batch.members.count }
        for rejected in change.rejected where batch.places.indices.contains(rejected.index) {
            let index = rejected.index
            reject(rejected.reason, at: batch.places[index], member: batch.members[index])
        }
        lastRow = batch.places.last ?? lastRow
    }

    /// Takes what a refusal of the whole batch says about its members.
    mutating func take(_ refusal: ServerError, of batch: Batch) {
        for rejected in refusal.details["rejected"]?.array ?? [] {
            guard let index = rejected["index"]?.integer, batch.places.indices.contains(index),
                let reason = rejected["reason"]?.string
            else { continue }
            reject(reason, at: batch.places[index], member: batch.members[index])
        }
    }

    private mutating func reject(_ reason: String, at place: InputRow.Place, member: String?) {
        rejected += 1
        reasons[reason, default: 0] += 1
        if listed.count < mostListed { listed.append((place, reason)) }
        rejects?.add(file: name(of: place) ?? "", line: place.line, reason, member: member)
    }

    private func name(of place: InputRow.Place) -> String? {
        files.indices.contains(place.file) ? files[place.file] : nil
    }

    /// A row as people are told of it; the file is named where there is another.
    func words(_ place: InputRow.Place) -> String {
        let line = "\(self.place) \(place.line.grouped)"
        guard files.count > 1, let name = name(of: place) else { return line }
        return "\(name), \(line)"
    }

    /// The report for people.
    func text(_ instance: String) -> String {
        let size = members.map { "; \($0.counted("member")) now" } ?? ""
        return (["\(instance): \(counts)\(size)"] + rejections).joined(separator: "\n")
    }

    /// How many rows had which fate.
    var counts: String {
        var parts: [String] = []
        if added > 0 { parts.append("\(added.grouped) added") }
        if removed > 0 { parts.append("\(removed.grouped) removed") }
        if parts.isEmpty { parts.append("nobody added or removed") }
        parts.append("\(unchanged.grouped) unchanged")
        parts.append("\(rejected.grouped) rejected")
        if replayed > 0 { parts.append("\(replayed.grouped) of these before the break") }
        return parts.joined(separator: ", ")
    }

    /// What was rejected and why: counts, and the first rows.
    var rejections: [String] {
        guard rejected > 0 else { return [] }
        var table = Table([("REASON", .left), ("ROWS", .right), ("MEANING", .left)])
        for (reason, count) in reasons.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            table.add([reason, count.grouped, Self.explanation(of: reason)])
        }
        let rows = listed.sorted {
            ($0.place.file, $0.place.line) < ($1.place.file, $1.place.line)
        }.map { "\(words($0.place)): \($0.reason)" }
        let more = rejected - listed.count
        let rest = more > 0 ? ["and \(more.grouped) more; \(whereToFind)"] : []
        return ["", table.text, ""] + rows + rest
    }

    private var whereToFind: String {
        if let rejects { return "all of them are in \(rejects.path)" }
        return files.isEmpty
            ? "--rejects lists as many as you name" : "--rejects FILE keeps them all"
    }

    /// The report as the protocol would give it, rows by their numbers.
    var json: JSONValue {
        [
            "added": .integer(added), "removed": .integer(removed),
            "unchanged": .integer(unchanged),
            "rejected": rejectedJSON,
            "rejectedCount": .integer(rejected),
            "members": members.map { .integer($0) } ?? .null,
        ]
    }

    /// The first rows that were rejected; with their files where the input is of files.
    var rejectedJSON: JSONValue {
        .array(
            listed.map { row in
                let told: JSONValue = [
                    place: .integer(row.place.line), "reason": .string(row.reason),
                ]
                return told.with("file", name(of: row.place).map { .string($0) })
            })
    }

    private static func explanation(of reason: String) -> String {
        RowFault(rawValue: reason)?.explanation
            ?? MemberRejection(rawValue: reason)?.explanation ?? ""
    }
}
