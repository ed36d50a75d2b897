import MusterClient
import MusterCore

/// What the report tells of one audience: counts and names of things, never people.
struct AudienceReport {
    let instance: Instance
    /// Newest first.
    let runs: [MusterClient.Run]
    let history: AudienceHistory
    let days: Int
    /// What `status` says needs attention.
    let attention: [JSONValue]
    let now: Timestamp

    var spans: [AudienceSpan] {
        history.spans(days: days, through: CalendarDate(dayNumber: now.day))
    }

    /// The figures, for programs.
    var json: JSONValue {
        [
            "instance": .string(instance.name), "madeAt": .string(now.text),
            "position": .integer(history.position), "members": .integer(history.members),
            "spans": .array(
                spans.map { span in
                    [
                        "from": .string(span.first.text), "to": .string(span.last.text),
                        "came": .integer(span.came), "went": .integer(span.went),
                        "members": .integer(span.members),
                    ]
                }),
            "runs": .array(shownRuns.map(\.json)),
            "health": instance.json["health"] ?? .null, "attention": .array(attention),
        ]
    }

    /// When the first day begins that is shown.
    private var begin: Timestamp {
        let first = spans.first?.first.dayNumber ?? now.day
        return Timestamp(milliseconds: Int64(first) * 86_400_000)
    }

    private var shownRuns: [MusterClient.Run] {
        runs.filter { run in
            run.startedAt.flatMap { Timestamp(text: $0) }.map { $0 >= begin } ?? false
        }
    }

    /// The page as HTML.
    var page: String {
        var page = Markup()
        page.add(raw: "<!DOCTYPE html>\n")
        page.add("html", ["lang": "en"]) { html in
            html.add("head") { addHead(to: &$0) }
            html.add("body") { body in
                body.add("header") { addHeader(to: &$0) }
                body.add("main") { main in
                    addFacts(to: &main)
                    if !attention.isEmpty { addAttention(to: &main) }
                    Picture.size(spans).add(to: &main)
                    Picture.changes(spans).add(to: &main)
                    Picture.runs(runs, from: begin, to: now).add(to: &main)
                    Picture.clocks(of: instance).add(to: &main)
                }
                body.add("footer") { addFooter(to: &$0) }
            }
        }
        return page.text
    }

    private func addHead(to head: inout Markup) {
        head.add("meta", ["charset": "utf-8"])
        head.add("title", "\(instance.name): report")
        head.add("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        head.add("meta", ["name": "color-scheme", "content": "light dark"])
        head.add("meta", ["name": "referrer", "content": "no-referrer"])
        // So a browser can see for itself that the page asks for nothing and runs nothing.
        head.add(
            "meta",
            [
                "http-equiv": "Content-Security-Policy",
                "content": "default-src 'none'; style-src 'unsafe-inline'",
            ])
        head.add("style") { $0.add(raw: ReportStyle.css) }
    }

    private func addHeader(to header: inout Markup) {
        header.add("h1", instance.name)
        header.add(
            "p",
            "\(instance.audienceName) at The Trade Desk, \(instance.region), advertiser "
                + "\(instance.advertiserId). Made \(now.text.readableTime).")
    }

    private func addFacts(to main: inout Markup) {
        main.add("section", ["aria-label": "In short"]) { section in
            section.add("dl") { list in
                func add(_ term: String, _ words: String, _ kind: String = "words") {
                    list.add("div") { pair in
                        pair.add("dt", term)
                        pair.add("dd", ["class": kind], words)
                    }
                }
                add("Members", history.members.grouped, "large")
                add("Last sync", instance.lastSync.map(\.summary) ?? "none yet")
                add("Next sync", instance.nextSync?.readableTime ?? "none")
                add(
                    "Schedule",
                    instance.schedule.map { "daily at \($0.dailyAt), \($0.timeZone)" } ?? "none")
                add("Syncs", instance.isEnabled ? "enabled" : "disabled")
                add("Segment", instance.segment?.crmDataId ?? "not known yet")
            }
        }
    }

    private func addAttention(to main: inout Markup) {
        main.add("section", ["class": "attention", "aria-labelledby": "attention"]) { section in
            section.add("h2", ["id": "attention"], "Needs attention")
            section.add("ul") { list in
                for item in attention {
                    list.add("li") { row in
                        row.add(words: item["message"]?.string ?? "")
                        if let remedy = item["remedy"]?.string { row.add("p", remedy) }
                    }
                }
            }
        }
    }

    private func addFooter(to footer: inout Markup) {
        footer.add(
            "p",
            "Made by muster from the log up to position \(history.position.grouped). Days and times "
                + "are in UTC. The page holds counts only, no address and no digest of a person, and "
                + "asks for nothing over the network.")
    }
}

extension Timestamp {
    /// The day in UTC, counted from 1970-01-01.
    fileprivate var day: Int {
        let length: Int64 = 86_400_000
        return Int(milliseconds >= 0 ? milliseconds / length : (milliseconds - length + 1) / length)
    }
}
