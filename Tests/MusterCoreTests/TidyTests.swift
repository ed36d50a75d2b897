import Foundation
import Testing

/// The style, as numbers that a machine can check; CONTRIBUTING.md says why each is there.
@Suite struct TidyTests {
    @Test(arguments: Tree.swiftFiles) func `a file has at most 400 lines and 120 columns`(
        file: SourceFile
    ) {
        #expect(file.lines.count <= 400, "\(file.path): split it by what it knows")
        for (number, line) in file.lines.enumerated() where line.unicodeScalars.count > 120 {
            Issue.record("\(file.path):\(number + 1): break the line at 120 columns")
        }
    }

    @Test(arguments: Tree.swiftFiles) func `a function has at most 70 lines`(file: SourceFile) {
        for function in file.functions where function.length > 70 {
            Issue.record("\(file.path):\(function.line): \(function.length) lines; say it in parts")
        }
    }

    @Test(arguments: Tree.swiftFiles) func `nothing is left unfinished or printed`(file: SourceFile)
        throws
    {
        let marks = try Regex(#"\b(TO"# + #"DO|FIX"# + #"ME|XX"# + #"X|HA"# + #"CK)\b"#)
        for (number, line) in file.lines.enumerated() where line.firstMatch(of: marks) != nil {
            Issue.record("\(file.path):\(number + 1): finish it, or open an issue")
        }
        for (number, line) in file.code where file.isSource && line.containsWord("print(") {
            Issue.record("\(file.path):\(number): write to descriptor 1 or 2, in one place")
        }
    }

    @Test(arguments: Tree.swiftFiles) func `no name hides what a thing is`(file: SourceFile) throws
    {
        let banned = try Regex(#"(Manager|Helper|Util|Utils|Common|Base|Impl)$"#)
        #expect(file.name.firstMatch(of: banned) == nil, "\(file.path): name the concept")
        let declaration = try Regex(
            #"\b(?:struct|class|enum|protocol|actor|typealias)\s+\w*(?:Manager|Helper|Utils?|Common|Base|Impl)\b"#
        )
        for (number, line) in file.lines.enumerated() where line.firstMatch(of: declaration) != nil
        {
            Issue.record("\(file.path):\(number + 1): name the concept")
        }
    }

    @Test(arguments: Tree.swiftFiles.filter { $0.path.hasPrefix("Sources/MusterCore/") })
    func `downstairs nothing waits, reads a clock, or touches the host`(file: SourceFile) throws {
        let impure = try Regex(
            #"\b(async|await|Task|Glibc|Foundation|FoundationEssentials|Date\(|\.now\b|random\()"#
                + #"|\b(SystemRandomNumberGenerator|Logging|NIOCore|Dispatch)\b"#)
        for (number, line) in file.code where line.firstMatch(of: impure) != nil {
            Issue.record("\(file.path):\(number): take it as an argument, or move it upstairs")
        }
    }

    @Test(arguments: [
        ("Wire", ["Commit", "SegmentHeader", "RecordDecoder", "TradeDesk.", "LogID"]),
        ("Log", ["JSON", "Frame", "Request", "TradeDesk.", "RequestID"]),
        ("TradeDesk", ["JSON.", "Frame.", "RequestID", "SegmentHeader", "RecordDecoder", "LogID"]),
    ])
    func `the rooms of the core do not mention one another`(room: String, strangers: [String]) {
        for file in Tree.swiftFiles where file.path.hasPrefix("Sources/MusterCore/\(room)/") {
            for (number, line) in file.code {
                for stranger in strangers where line.containsWord(stranger) {
                    Issue.record("\(file.path):\(number): \(room) does not know \(stranger)")
                }
            }
        }
    }

    @Test(arguments: Tree.swiftFiles.filter { !$0.isSource })
    func `a test does not wait for real time`(file: SourceFile) {
        for (number, line) in file.code
        where line.contains("Task.sleep") || line.containsWord("usleep(")
            || line.containsWord("sleep(1")
        {
            Issue.record("\(file.path):\(number): use a manual clock, or wait for an event")
        }
    }

    @Test(arguments: Tree.swiftFiles.filter(\.isSource))
    func `what crosses a target is documented`(file: SourceFile) throws {
        let declaration = try Regex(
            #"^\s*(package|public)\s+(?:static\s+|mutating\s+|consuming\s+|final\s+|indirect\s+)*"#
                + #"(struct|class|enum|protocol|actor|func|typealias)\s+(\w+)"#)
        let lines = file.lines
        for (index, line) in lines.enumerated() {
            guard let match = line.firstMatch(of: declaration) else { continue }
            let word = match.output[3].substring ?? ""
            // What a protocol asks for is documented there, here or in the standard library.
            guard !Tree.requirements.contains(String(word)) else { continue }
            var above = index - 1
            while above >= 0, lines[above].trimmed.hasPrefix("@") { above -= 1 }
            if above < 0 || !lines[above].trimmed.hasPrefix("///") {
                Issue.record("\(file.path):\(index + 1): one plain sentence with three slashes")
            }
        }
    }

    @Test func `the top level is closed`() {
        let agreed: Set = [
            "Package.swift", "Sources", "Tests", "systemd", "README.md", "proto-docs", "Makefile",
            "LICENSE", "CONTRIBUTING.md", "Benchmarks", ".ci", ".editorconfig", ".gitignore",
            ".swift-format", ".git", "Package.resolved",
        ]
        let strangers = Tree.rootEntries.filter { !agreed.contains($0) && !$0.hasPrefix(".build") }
        #expect(strangers.isEmpty)
    }

    @Test func `every upcoming feature is really on`() {
        var off: [String] = []
        #if !hasFeature(ExistentialAny)
            off.append("ExistentialAny")
        #endif
        #if !hasFeature(ImmutableWeakCaptures)
            off.append("ImmutableWeakCaptures")
        #endif
        #if !hasFeature(InferIsolatedConformances)
            off.append("InferIsolatedConformances")
        #endif
        #if !hasFeature(InternalImportsByDefault)
            off.append("InternalImportsByDefault")
        #endif
        #if !hasFeature(MemberImportVisibility)
            off.append("MemberImportVisibility")
        #endif
        #if !hasFeature(NonisolatedNonsendingByDefault)
            off.append("NonisolatedNonsendingByDefault")
        #endif
        #if !hasFeature(StrictMemorySafety)
            off.append("StrictMemorySafety")
        #endif
        #expect(off.isEmpty)
    }

    @Test func `the packages are the agreed ones`() throws {
        let manifest = try #require(Tree.text("Package.swift"))
        let pattern = try Regex(#"url:\s*"https://github\.com/[\w-]+/([\w-]+)""#)
        let named = manifest.matches(of: pattern).compactMap {
            $0.output[1].substring.map { String($0) }
        }
        #expect(
            named.sorted() == [
                "async-http-client", "hummingbird", "swift-argument-parser", "swift-collections",
                "swift-crypto", "swift-http-types", "swift-log", "swift-nio", "swift-nio-ssl",
                "swift-service-lifecycle", "swift-system",
            ])
    }

    @Test func `only the programs log, and full Foundation is nowhere`() {
        for file in Tree.swiftFiles where file.isSource {
            for (number, line) in file.code {
                if line.trimmed == "import Foundation" {
                    Issue.record(
                        "\(file.path):\(number): FoundationEssentials; ICU doubles the program")
                }
                let isProgram =
                    file.path.hasPrefix("Sources/musterd/")
                    || file.path.hasPrefix("Sources/ttd-sandbox/")
                if line.trimmed == "import Logging", !isProgram {
                    Issue.record("\(file.path):\(number): only the programs log")
                }
            }
        }
    }
}
