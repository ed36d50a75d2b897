/// Rows in aligned columns, for people.
struct Table {
    enum Alignment {
        case left
        case right
    }

    private let columns: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    init(_ columns: [(title: String, alignment: Alignment)]) {
        self.columns = columns
    }

    /// Adds a row of one cell a column.
    mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "a row has one cell a column")
        rows.append(cells.map(\.printableOnOneLine))
    }

    var text: String {
        let lines = columns.contains { !$0.title.isEmpty } ? [columns.map(\.title)] + rows : rows
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line($0, widths) }.joined(separator: "\n")
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let padded = zip(cells, zip(columns, widths)).map { cell, column in
            let space = String(repeating: " ", count: column.1 - cell.count)
            return column.0.alignment == .left ? cell + space : space + cell
        }
        let line = padded.joined(separator: "  ")
        return String(line.reversed().drop { $0 == " " }.reversed())
    }
}

/// Labelled values, one a line, for people.
struct Sheet {
    private let title: String
    private var table = Table([("", .left), ("", .left)])

    init(_ title: String) {
        self.title = title
    }

    /// Adds a line, unless there is no value.
    mutating func add(_ label: String, _ value: String?) {
        guard let value else { return }
        table.add(["  " + label, value])
    }

    var text: String { title.printableOnOneLine + "\n" + table.text }
}
