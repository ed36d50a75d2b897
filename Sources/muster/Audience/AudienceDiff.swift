import ArgumentParser
import MusterCore
import MusterStore

/// Says who came into an audience and who left it between two moments.
struct AudienceDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Count who came and who went between two moments, or since one.",
        discussion: """
            Who came and went again in between is in neither. Counts stand in place of people unless \
            --identities is given: + for those who came, - for those who went, in the order of their \
            digests, the address where it is known.

            Examples:
              muster audience diff acme-us --at 2026-11-24T18:00:00Z
              muster audience diff acme-us --at 4711 --to 5121 --identities

            JSON: instance, from (position, count, bytes, digest, erasedBy), to (position, \
            count, bytes, digest, erasedBy), came, went; sometimes cameIdentities, \
            wentIdentities.
            """)

    @Argument(help: "The audience's name.")
    var instance: String

    @Option(help: "The earlier position, or a time such as 2026-11-23T03:00:00Z.")
    var at: LogPoint

    @Option(help: "The later position or time; else now.")
    var to: LogPoint?

    @Flag(help: "List digests and addresses of people.")
    var identities = false

    @OptionGroup var options: AudienceOptions

    func run() throws {
        let files = try options.directory.files()
        let reader = try Failure.ofLog { () throws(LogError) in try LogReader(files) }
        let isQuiet = options.answer.quiet
        let before = try AudiencePast(reader, to: at, isQuiet: isQuiet)
        let after = try AudiencePast(reader, to: to, isQuiet: isQuiet)
        guard before.position <= after.position else {
            throw Failure.misuse(
                "position \(before.position) is not before position \(after.position)",
                remedy: "--at is the earlier moment, --to the later one.")
        }
        let lists = AudienceLists(files, of: try before.instance(instance))
        let earlier = try lists.list(at: before.position)
        let later = try lists.list(at: after.position)
        if identities, !options.answer.json { return try list(earlier, later) }
        var people: (came: [JSON], went: [JSON]) = ([], [])
        let counts = try ListCounts(earlier, later) { difference in
            guard identities else { return }
            switch difference {
            case .came(let person): people.came.append(.string(person.word))
            case .left(let person): people.went.append(.string(person.word))
            }
        }
        let erasures = (
            try lists.erasures(since: before.position), try lists.erasures(since: after.position)
        )
        var members: [(name: String, value: JSON)] = [
            ("instance", .string(instance)), ("from", Self.json(earlier, erasures.0)),
            ("to", Self.json(later, erasures.1)), ("came", .number(counts.came)),
            ("went", .number(counts.left)),
        ]
        if identities {
            members += [
                ("cameIdentities", .array(people.came)), ("wentIdentities", .array(people.went)),
            ]
        }
        try options.answer.show(.object(JSONObject(members))) {
            var sheet = Sheet(
                "\(instance) from position \(Int(earlier.position).grouped) "
                    + "to \(Int(later.position).grouped)")
            sheet.add("time", "\(before.at?.words ?? "-") to \(after.at?.words ?? "-")")
            sheet.add("members", "\(earlier.count.grouped) -> \(later.count.grouped)")
            sheet.add("came", counts.came.grouped)
            sheet.add("went", counts.left.grouped)
            sheet.add("list of then", erasureWords(erasures.0))
            return sheet.text
        }
    }

    private static func json(_ list: FrozenAudience, _ erasures: [Position]) -> JSON {
        .object(JSONObject(list.json("", erasedBy: erasures).filter { $0.name != "instance" }))
    }

    /// One line for each person, as they are found.
    private func list(_ earlier: FrozenAudience, _ later: FrozenAudience) throws(Failure) {
        var lines = LineOutput()
        _ = try ListCounts(earlier, later) { difference in
            switch difference {
            case .came(let person): lines.add("+ " + person.word.printableOnOneLine)
            case .left(let person): lines.add("- " + person.word.printableOnOneLine)
            }
        }
        lines.flush()
    }
}

/// How many are in one of two lists only.
struct ListCounts: Hashable {
    private(set) var came = 0
    private(set) var left = 0

    /// Walks over both lists and calls `body` with each of those.
    init(
        _ earlier: FrozenAudience, _ later: FrozenAudience, _ body: (ListDifference) -> Void
    ) throws(Failure) {
        var differences = earlier.differences(to: later)
        while let difference = try Failure.ofLog({ () throws(LogError) in try differences.next() })
        {
            switch difference {
            case .came: came += 1
            case .left: left += 1
            }
            body(difference)
        }
    }
}

extension Person {
    /// The address where it is known, else the digest.
    var word: String { address.map { String(decoding: $0, as: UTF8.self) } ?? digest.hex }
}
