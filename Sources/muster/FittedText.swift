extension String {
    /// Less room than this is none: a column so narrow would be harder to read than a long line.
    private static let leastColumns = 24

    /// The text in lines of so many columns, parted between words; as it is where there is no width.
    ///
    /// What goes on stands below the last column of its line, so that a sheet or a table keeps its
    /// shape; where that column has little room the line stays long, and so does a long word.
    func fitted(to columns: Int?) -> String {
        guard let columns else { return self }
        return split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.count <= columns ? String($0) : Self.fitted(String($0), columns) }
            .joined(separator: "\n")
    }

    private static func fitted(_ line: String, _ columns: Int) -> String {
        let start = line.startOfLastColumn
        guard columns - start >= leastColumns else { return line }
        let indent = String(repeating: " ", count: start)
        let lines = String(line.dropFirst(start)).wrapped(indent: indent, columns: columns)
        return String(line.prefix(start)) + lines.joined(separator: "\n").dropFirst(start)
    }

    /// Where the last column begins; columns are parted by two spaces or more.
    private var startOfLastColumn: Int {
        var (start, spaces) = (0, 2)
        for (place, character) in enumerated() {
            if character != " ", spaces >= 2 { start = place }
            spaces = character == " " ? spaces + 1 : 0
        }
        return start
    }
}

extension Int {
    /// A time of so many seconds, in the unit that reads best.
    var secondsInWords: String {
        switch self {
        case ..<100: counted("second")
        case ..<6000: ((self + 30) / 60).counted("minute")
        default: "\((self / 3600).counted("hour")) \((self % 3600 / 60).counted("minute"))"
        }
    }
}
