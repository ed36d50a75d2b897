import ArgumentParser
import MusterCore

/// Every cut of the last three commits of a log, and what may stand behind it.
struct TornTails: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tails",
        abstract: "Cuts logs at every byte of their last three commits.",
        discussion: """
            A last commit that ends in zeros goes, and the rest stays; where no sector of it is left \
            zero no disk that writes sectors did that, and it is refused. A cut further in front, \
            other bytes behind a cut, and a whole commit of another history are always refused.
            """)

    @Option(help: "How many logs.") var logs: UInt64 = 1
    @Option(help: "The planted bug.") var bug: Bug?

    func run() throws {
        var count = TailCount()
        for seed in 0..<logs {
            let log = try SampleLog(seed: seed, bytes: 8 << 10, bug: bug)
            let other = try SampleLog(seed: seed + 1_000_000, bytes: 8 << 10, bug: nil)
            var cuts = Cuts(log: log, other: other, random: Random(seed: seed))
            cuts.count(in: &count)
        }
        try count.verdict.tell(
            "tails: \(count.cutOff) unfinished commits cut off, \(count.refused) damaged logs refused"
        )
    }
}

/// What so many cuts came to.
struct TailCount {
    var cutOff = 0
    var refused = 0
    var verdict = Verdict()
}

/// The cuts of one log.
struct Cuts {
    let log: SampleLog
    let other: SampleLog
    var random: Random

    mutating func count(in count: inout TailCount) {
        let last = log.commits.count - 1
        for index in last - 2...last {
            let commit = log.commits[index]
            for cut in commit.offset..<commit.offset + commit.header.length {
                check(cut, in: index, &count)
            }
        }
        checkStaleCommits(&count)
    }

    private mutating func check(_ cut: Int, in index: Int, _ count: inout TailCount) {
        let isLast = index == log.commits.count - 1
        var zeros = log.bytes
        for offset in cut..<(isLast ? log.end : log.scans[index + 1].offset) { zeros[offset] = 0 }
        let short = Array(log.bytes[..<cut])
        if isLast {
            let mayGo = hasEmptyPart(zeros, of: log.commits[index], from: cut)
            expect(zeros, from: index, torn: mayGo, "zeros from \(cut)", &count)
            expect(
                short + [UInt8](repeating: 0, count: 4096), from: index, torn: mayGo,
                "the file grown again from \(cut)", &count)
        } else {
            expect(zeros, from: index, torn: false, "zeros in front from \(cut)", &count)
        }
        var garbage = log.bytes
        for offset in cut..<log.scans[index + 1].offset {
            garbage[offset] = UInt8(truncatingIfNeeded: random.next() | 1)
        }
        expect(garbage, from: index, torn: false, "garbage from \(cut)", &count)
    }

    /// Whether one of the sectors that the commit touches holds nothing but zeros of it; of a
    /// commit without a whole header, only the header is known.
    private func hasEmptyPart(_ bytes: [UInt8], of commit: Commit, from cut: Int) -> Bool {
        let header = commit.offset..<commit.offset + CommitFormat.headerSize
        let extent =
            header.contains(cut) ? header : commit.offset..<commit.offset + commit.header.length
        return Dictionary(grouping: extent, by: { $0 / 512 }).values.contains { part in
            part.allSatisfy { bytes[$0] == 0 }
        }
    }

    private func expect(
        _ bytes: [UInt8], from index: Int, torn: Bool, _ what: String, _ count: inout TailCount
    ) {
        let found = log.read(bytes, from: index)
        switch found.end {
        case .torn, .clean:
            guard torn, found.commits.isEmpty else { return count.verdict.fail(what) }
            count.cutOff += 1
        case .damaged:
            guard !torn, found.commits.isEmpty else { return count.verdict.fail(what) }
            count.refused += 1
        case .newer: count.verdict.fail(what)
        }
    }

    /// A whole commit of another history of the same log and segment, at its own position.
    private func checkStaleCommits(_ count: inout TailCount) {
        for (index, commit) in log.commits.enumerated().dropFirst() {
            for stale in other.commits
            where stale.header.firstPosition == commit.header.firstPosition
                && stale.header.chain != commit.header.chain
            {
                let content = other.bytes[stale.offset..<stale.offset + stale.header.length]
                var bytes = Array(log.bytes[..<commit.offset]) + content
                bytes += [UInt8](repeating: 0, count: 1024)
                expect(bytes, from: index, torn: false, "a stale commit at \(index)", &count)
            }
        }
    }
}
