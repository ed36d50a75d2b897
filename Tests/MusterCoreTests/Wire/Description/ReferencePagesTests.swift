import Foundation
import Testing

@Suite struct `The reference pages` {
    /// `make reference` sets it, to have the pages written where they differ.
    private static let writes = ProcessInfo.processInfo.environment["MUSTER_WRITE_REFERENCE"] == "1"

    @Test(arguments: ReferencePages.all.map(\.name))
    func `are what the description makes of them now`(name: String) throws {
        let made = try #require(ReferencePages.all.first { $0.name == name }).text
        if Self.writes {
            try Data(made.utf8).write(to: Tree.root.appending(path: "proto-docs/\(name)"))
        }
        let written = try #require(Tree.text("proto-docs/\(name)"))
        let line = zip(made.lines, written.lines).enumerated().first { $1.0 != $1.1 }?.offset
        #expect(
            made == written,
            "proto-docs/\(name) differs from line \((line ?? 0) + 1) on; run make reference")
    }
}

extension String {
    fileprivate var lines: [Substring] { split(separator: "\n", omittingEmptySubsequences: false) }
}
