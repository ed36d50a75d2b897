import MusterCore
import MusterStore

/// What the log says of one erasure: what was done, when, by whom, and the first upload without.
///
/// It names nobody.
struct ErasureRecord {
    /// The first and the last of the events that record it.
    let first: Position
    private(set) var last: Position
    let at: Timestamp
    let actor: Actor
    /// Behind the commit before, and behind its own.
    let chainBefore: Digest
    let chainAfter: Digest
    private(set) var audiences: [Audience] = []

    struct Audience {
        let number: InstanceNumber
        let name: String
        var slots = 0
        var commits: [Position] = []
        /// The first list that was sent afterwards.
        var upload: Upload?
    }

    struct Upload {
        let run: RunID
        let at: Timestamp
        let digest: Digest
    }

    /// Every erasure of a log, in order.
    static func all(of reader: LogReader) throws(Failure) -> [ErasureRecord] {
        var search = Search(start: reader.log.map { Chain.start(of: $0) } ?? .zero)
        try Failure.ofLog { () throws(LogError) in try reader.forEach { search.take($0) } }
        return search.records
    }

    private struct Search {
        var records: [ErasureRecord] = []
        private var chain: Digest
        private var chainOfCommit: Digest?
        private var names: [InstanceNumber: String] = [:]
        private var owners: [RunID: InstanceNumber] = [:]
        private var frozen: [RunID: SyncFrozen] = [:]

        init(start: Digest) {
            chain = start
        }

        mutating func take(_ entry: LogReader.Entry) {
            if let chainOfCommit, chainOfCommit != entry.chain { chain = chainOfCommit }
            chainOfCommit = entry.chain
            switch entry.event.fact {
            case .instanceConfigured(let configured):
                if let name = configured.created { names[configured.instance] = name.text }
            case .syncRequested(let requested): owners[entry.position] = requested.instance
            case .syncFrozen(let list): frozen[list.run] = list
            case .syncSucceeded(let run): note(run, at: entry.event.at)
            case .erased(let erased): take(erased, entry)
            default: break
            }
        }

        private mutating func take(_ erased: Erased, _ entry: LogReader.Entry) {
            if records.last?.chainAfter != entry.chain {
                records.append(
                    ErasureRecord(
                        first: entry.position, last: entry.position, at: entry.event.at,
                        actor: entry.event.actor, chainBefore: chain, chainAfter: entry.chain))
            }
            records[records.count - 1].add(erased, at: entry.position, names)
        }

        private mutating func note(_ run: RunID, at: Timestamp) {
            guard let number = owners.removeValue(forKey: run),
                let list = frozen.removeValue(forKey: run)
            else { return }
            let upload = Upload(run: run, at: at, digest: list.digest)
            for index in records.indices where records[index].last <= list.position {
                records[index].note(upload, of: number)
            }
        }
    }

    private mutating func add(
        _ erased: Erased, at position: Position, _ names: [InstanceNumber: String]
    ) {
        last = position
        for one in erased.commits {
            if audiences.last?.number != one.instance {
                audiences.append(
                    Audience(number: one.instance, name: names[one.instance] ?? "#\(one.instance)"))
            }
            audiences[audiences.count - 1].slots += Int(one.slots)
            audiences[audiences.count - 1].commits.append(one.commit)
        }
    }

    private mutating func note(_ upload: Upload, of number: InstanceNumber) {
        for index in audiences.indices
        where audiences[index].number == number && audiences[index].upload == nil {
            audiences[index].upload = upload
        }
    }
}

extension ErasureRecord {
    var slots: Int { audiences.reduce(0) { $0 + $1.slots } }

    var json: JSON {
        [
            "event": .number(first), "lastEvent": .number(last), "at": .string(at.text),
            "by": actor.json, "slots": .number(slots),
            "chainBefore": .string(chainBefore.hex), "chainAfter": .string(chainAfter.hex),
            "audiences": .array(audiences.map(\.json)),
        ]
    }

    /// As lines below a title.
    func add(to sheet: inout Sheet) {
        sheet.add("recorded at", "position \(first)")
        sheet.add("when", at.text.readableTime)
        sheet.add("by", actor.words)
        for audience in audiences {
            sheet.add(
                audience.name,
                audience.slots.counted("place") + " in " + audience.commits.count.counted("commit"))
            sheet.add("", "first list without them: \(audience.upload?.words ?? "none sent yet")")
        }
        sheet.add("chain before", chainBefore.hex)
        sheet.add("chain after", chainAfter.hex)
    }
}

extension ErasureRecord.Audience {
    fileprivate var json: JSON {
        [
            "instance": .string(name), "slots": .number(slots),
            "commits": .array(commits.map { .number($0) }),
            "firstUpload": upload.map {
                [
                    "run": .number($0.run), "at": .string($0.at.text),
                    "digest": .string($0.digest.hex),
                ]
            } ?? .null,
        ]
    }
}

extension ErasureRecord.Upload {
    fileprivate var words: String { "run \(run), \(at.text.readableTime), SHA-256 \(digest.hex)" }
}

extension Actor {
    fileprivate var words: String {
        switch self {
        case .daemon: "the daemon"
        case .peer(let uid, let gid, let pid): "user \(uid), group \(gid), process \(pid)"
        }
    }
}
