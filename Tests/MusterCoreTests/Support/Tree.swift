import Foundation
import Testing

/// The checkout this test was built from.
enum Tree {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let swiftFiles: [SourceFile] = ["Sources", "Tests"].flatMap { folder in
        let paths = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
        return (paths?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".swift") }.sorted()
            .compactMap { path in
                text("\(folder)/\(path)").map { SourceFile(path: "\(folder)/\(path)", text: $0) }
            }
    }

    /// The functions that protocols ask for, ours and the standard library's.
    static let requirements: Set<String> = {
        var names: Set = ["hash", "encode", "makeIterator", "next"]
        for file in swiftFiles where file.isSource {
            for (_, line) in file.code where line.hasPrefix("    func ") {
                names.insert(String(line.dropFirst(9).prefix { $0.isLetter || $0.isNumber }))
            }
        }
        return names
    }()

    static var rootEntries: [String] {
        // A root that cannot be listed has no entries, and the tests of it fail.
        (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    }

    static func text(_ path: String) -> String? {
        // A file that cannot be read is no text, and what asks for it fails.
        try? String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
}

/// One Swift file and what can be seen in it without a parser.
struct SourceFile: Sendable, CustomTestStringConvertible {
    let path: String
    let lines: [String]
    /// The lines that are not comments, with their numbers; string literals are emptied.
    let code: [(number: Int, line: String)]

    init(path: String, text: String) {
        self.path = path
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        if lines.last == "" { lines.removeLast() }
        self.lines = lines
        code = lines.enumerated().compactMap { index, line in
            line.trimmed.hasPrefix("//") ? nil : (index + 1, Self.emptied(line))
        }
    }

    var testDescription: String { path }
    var isSource: Bool { path.hasPrefix("Sources/") }
    var name: String { String(path.split(separator: "/").last?.split(separator: ".").first ?? "") }

    /// The line without the contents of its string literals.
    private static func emptied(_ line: String) -> String {
        var isInString = false
        var bytes: [UInt8] = []
        for byte in line.utf8 {
            if byte == UInt8(ascii: "\"") { isInString.toggle() }
            if !isInString || byte == UInt8(ascii: "\"") { bytes.append(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Where functions begin and how many lines they have, by their indentation, which the
    /// formatter keeps.
    var functions: [(line: Int, length: Int)] {
        lines.indices.compactMap { start in
            let line = lines[start]
            guard line.containsWord("func ") || line.trimmed.hasPrefix("init") else { return nil }
            let indentation = line.prefix { $0 == " " }
            let end = lines[(start + 1)...].firstIndex {
                $0 == indentation + "}" || ($0.hasPrefix(indentation) && $0.hasSuffix("{ }"))
            }
            return end.map { (start + 1, $0 - start + 1) }
        }
    }
}

extension String {
    /// Without the spaces around it.
    var trimmed: Substring {
        var text = drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// Whether `word` stands here with no letter or digit before it.
    func containsWord(_ word: String) -> Bool {
        ranges(of: word).contains { range in
            guard range.lowerBound > startIndex else { return true }
            let before = self[index(before: range.lowerBound)]
            return !(before.isLetter || before.isNumber || before == "_")
        }
    }
}
