import ArgumentParser
import MusterCore
import MusterStore

/// Takes people out of a log for good.
struct LogErase: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Take people out of the log for good.",
        discussion: """
            The daemon must be stopped. Every place of the log that names them is overwritten with zeros, in \
            all audiences or one; snapshots are made anew, and what lies in quarantine/ is removed. One \
            event records how many places of which commits it were, and no name; the log still verifies. A \
            run under way ends, and is made anew with the next start. What was begun is done to its end \
            after a crash, by the next start of the daemon or by --resume.

            It does not reach copies and exports of the log, or the list at TTD, which is without them \
            from the next sync on. With --suppress they are also kept out: whoever adds them again is told \
            "suppressed". Of them only an HMAC is kept, under a key of the state directory, so nobody can \
            list them; --lift lets those in again who are named.

            Arguments are visible to other users of this host (ps): give - and one address on standard \
            input, or --file with one address or SHA-256 a line. Where nobody is found the exit status is 5.

            Examples:
              muster log erase - --dry-run --state-directory /var/lib/musterd < address.txt
              muster log erase - --suppress --state-directory /var/lib/musterd < address.txt

            JSON: erased, asked, people, slots, suppressed, record (as in log erasures); or with \
            --lift: lifted, position; or with --resume: position.
            """)

    @Argument(help: "An address, or its SHA-256; - is standard input.")
    var person: String?

    @Option(help: "Erase everybody in this file, one a line; - is standard input.")
    var file: String?

    @Option(help: "Erase from this audience only.")
    var instance: String?

    @Flag(help: "Also keep them out from now on, whether the log names them or not.")
    var suppress = false

    @Flag(help: "Let them in again; nothing is erased.")
    var lift = false

    @Flag(help: "Only say what would be erased.")
    var dryRun = false

    @Flag(help: "Only finish an erasure that was broken off.")
    var resume = false

    @Option(help: "Write a record of the erasure, which names nobody, to this new file.")
    var report: String?

    @OptionGroup var options: LogOptions

    func validate() throws {
        guard [person != nil, file != nil, resume].count(where: { $0 }) == 1 else {
            throw ValidationError("give one of ADDRESS, --file and --resume")
        }
        if lift, suppress || dryRun || resume || report != nil {
            throw ValidationError("--lift goes with ADDRESS, --file and --instance only")
        }
        if resume, suppress || dryRun || report != nil || instance != nil {
            throw ValidationError("--resume goes alone")
        }
        if dryRun, report != nil { throw ValidationError("--report does not go with --dry-run") }
    }

    func run() throws {
        let people = try people()
        let sink = try report.map { path throws(Failure) in
            try Descriptor.file(path, replacing: false)
        }
        let (files, caller) = try options.directory.writable()
        var opened = try OpenedLog(files, caller)
        defer { opened.close() }
        if resume { return try options.answer.confirm(opened.json) { opened.text } }
        let number = try instance.map { name throws(Failure) in try opened.number(of: name) }
        if lift { return try liftSuppression(of: people, in: number, &opened) }
        let key = try suppress && !dryRun ? opened.suppressionKey() : nil
        let found = try Failure.ofLog { () throws(LogError) in
            try LogErasure(
                of: people, in: number, suppressing: key, opened.log, opened.state,
                by: caller, at: .now)
        }
        guard let found else {
            throw Failure(
                .unknown, "the log names none of them\(instance.map { " in \($0)" } ?? "")")
        }
        if !dryRun {
            try Failure.ofLog { () throws(LogError) in
                try found.write()
                try opened.log.close()
            }
            opened = try OpenedLog(files, caller)
            try opened.writeSnapshot()
        }
        let records = dryRun ? [] : try ErasureRecord.all(of: options.reader())
        let account = ErasureAccount(
            found, asked: people.count, record: records.last { $0.first == found.firstEvent },
            isDone: !dryRun)
        try sink?.line(account.json.pretty())
        try options.answer.confirm(account.json, unless: dryRun) { account.text }
    }

    private func liftSuppression(
        of people: Set<Digest>, in number: InstanceNumber?, _ opened: inout OpenedLog
    ) throws(Failure) {
        let key = try opened.suppressionKey()
        let marks = Set(people.map { key.mark(of: $0) })
        let lifted = opened.state.suppressions.filter { one in
            marks.contains(one.mark) && (number == nil || one.instance == number)
        }.sorted()
        guard !lifted.isEmpty else { throw Failure(.unknown, "none of them is kept out") }
        try opened.append(SuppressionChanged.facts(of: lifted, isLifted: true))
        let json: JSON = [
            "lifted": .number(lifted.count), "position": .number(opened.log.head.position),
        ]
        try options.answer.confirm(json) { "\(lifted.count.counted("suppression")) lifted" }
    }

    private func people() throws(Failure) -> Set<Digest> {
        guard let file else {
            guard let person else { return [] }
            return [try Self.digest(person == "-" ? MemberShow.readLine() : person, line: 1)]
        }
        let input = try InputFile.open(file)
        var decoder = LineDecoder(.remove)
        var people: Set<Digest> = []
        var isLast = false
        while !isLast {
            let chunk = try input.next()
            isLast = chunk.isEmpty
            for row in decoder.rows(of: chunk, isLast: isLast) {
                guard case .change(_, let member) = row.content else {
                    throw .misuse("line \(row.line): this is no address and no SHA-256")
                }
                people.insert(try Self.digest(member, line: row.line))
            }
        }
        guard !people.isEmpty else { throw .misuse("there is nobody in the file") }
        return people
    }

    private static func digest(_ text: String, line: Int) throws(Failure) -> Digest {
        do {
            return try Member(text.utf8).digest
        } catch {
            throw .misuse("line \(line): this is no address and no SHA-256")
        }
    }
}

/// What an erasure did, in counts; the rest of it is what the log says.
private struct ErasureAccount {
    private let found: LogErasure
    private let asked: Int
    /// Nil where it is only said what would be done, and where nothing was there to be erased.
    private let record: ErasureRecord?
    private let isDone: Bool

    init(_ found: LogErasure, asked: Int, record: ErasureRecord?, isDone: Bool) {
        self.found = found
        self.asked = asked
        self.record = record
        self.isDone = isDone
    }

    private var slots: Int {
        found.audiences.flatMap(\.commits).reduce(0) { $0 + Int($1.slots) }
    }

    var json: JSON {
        [
            "erased": .bool(isDone), "asked": .number(asked), "people": .number(found.people),
            "slots": .number(slots), "suppressed": .number(found.suppressed),
            "record": record?.json ?? .null,
        ]
    }

    var text: String {
        var sheet = Sheet(isDone ? "erased" : "what would be erased")
        sheet.add("people", found.people == asked ? "\(asked)" : "\(found.people) of \(asked)")
        sheet.add("places", "\(slots)")
        sheet.add("kept out", found.suppressed == 0 ? nil : "\(found.suppressed)")
        record?.add(to: &sheet)
        return sheet.text
    }
}
