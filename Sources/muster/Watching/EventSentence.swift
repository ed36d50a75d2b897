import MusterClient

/// One event of the log as a line for people.
struct EventSentence {
    private let event: LogEvent

    init(_ event: LogEvent) {
        self.event = event
    }

    /// Position, time in UTC, audience, what happened, and who caused it.
    var line: String {
        let position = String(event.position)
        let padding = String(repeating: " ", count: max(0, 8 - position.count))
        let words = [
            padding + position, event.at.readableTime.replacing(" UTC", with: ""),
            event.instance ?? "-", sentence + cause,
        ]
        return words.joined(separator: "  ").printableOnOneLine
    }

    /// What happened, in words; a type of a later version is told as it is.
    var sentence: String {
        // A run is named by the position of the event that began it.
        let run = "run \(event.run ?? event.position)"
        switch event.type {
        case "instanceConfigured": return configured
        case "membersAdded": return members("came", unchanged: "in already")
        case "membersRemoved": return members("went", unchanged: "not in")
        case "instanceRetired": return "everybody left, \(count("members")), and syncs are disabled"
        case "syncRequested":
            let approved = event.json["approves"]?.integer.map { " of run \($0)" } ?? ""
            return "\(run) was requested: \(text("reason"))\(approved), for \(text("date"))"
        case "syncFrozen": return "\(run) fixed its list: \(frozen)"
        case "segmentCreationIntended": return "\(run) is about to make the segment"
        case "segmentResolved":
            return "\(run) knows the segment \(text("crmDataId")), \(text("origin"))"
        case "dropOpened": return "\(run) was given a place to upload to"
        case "uploadStarted": return "\(run) began upload \(number("attempt").grouped)"
        case "uploaded":
            return "\(run) uploaded \(number("bytes").size), HTTP status \(number("status"))"
        case "syncSucceeded": return "\(run) succeeded"
        case "syncFailed": return "\(run) failed\(why("class"))"
        case "syncHeld": return "\(run) is held\(why("reason"))"
        case "syncSkipped":
            let stale = event.json["remoteStale"] == true
            return "\(run) was skipped\(why("reason"))"
                + (stale ? "; The Trade Desk still holds an older list" : "")
        case "dropStatusSeen":
            return "\(run): The Trade Desk was asked about the upload, HTTP status "
                + "\(number("status"))"
        default: return ofTheLog
        }
    }

    /// Events that are about no audience, and those of later versions.
    private var ofTheLog: String {
        switch event.type {
        case "tailRepaired":
            return "a start cut an unfinished commit of \(number("cutBytes").size) off the log"
        case "logAdopted": return "the log, put back from a copy, was adopted"
        case "erased": return "people were erased from \(number("slots").counted("place"))"
        case "suppressionChanged":
            return number("people").counted("entry", many: "entries")
                + (event.json["lifted"] == true
                    ? " no longer kept out of an audience" : " kept out of an audience from now on")
        default: return "\(event.type) \(event.json.text)"
        }
    }

    private var configured: String {
        let known: Set = ["position", "at", "type", "instance", "created", "actor", "commandId"]
        let settings = (event.json.object ?? []).filter { !known.contains($0.name) }
        let words = settings.map { "\($0.name) \($0.value.string ?? $0.value.text)" }
        return (event.json["created"] == true ? "made: " : "changed: ")
            + words.joined(separator: ", ")
    }

    private func members(_ verb: String, unchanged: String) -> String {
        let same = number("unchanged")
        return "\(count("members")) \(verb)"
            + (same > 0 ? ", \(same.grouped) \(same == 1 ? "was" : "were") \(unchanged)" : "")
    }

    private var frozen: String {
        "\(count("count")), \(number("bytes").size); \(number("added").grouped) came and "
            + "\(number("removed").grouped) went since the last success"
    }

    private func why(_ name: String) -> String {
        let word = text(name)
        let meaning = RunEnd.meaning(of: word).map { ", \($0)" } ?? ""
        let detail = text("detail")
        return ": \(word)\(meaning)" + (detail.isEmpty ? "" : " (\(detail))")
    }

    private var cause: String {
        guard let uid = event.json["actor"]?["uid"]?.integer,
            let pid = event.json["actor"]?["pid"]?.integer
        else { return "" }
        return " [uid \(uid), pid \(pid)]"
    }

    private func text(_ name: String) -> String { event.json[name]?.string ?? "" }

    private func number(_ name: String) -> Int { event.json[name]?.integer ?? 0 }

    private func count(_ name: String) -> String { number(name).counted("member") }
}

extension Int {
    /// The number with a noun whose plural is no mere `s`.
    fileprivate func counted(_ noun: String, many: String) -> String {
        "\(grouped) \(self == 1 ? noun : many)"
    }
}
