import ArgumentParser

/// How the rows of an input are written.
enum InputFormat: String, ExpressibleByArgument, CaseIterable {
    case lines
    case csv
    case ndjson
    case engage

    static let help: ArgumentHelp =
        "How the rows are written; else the file's name says it: .csv, .ndjson, or lines."

    static let explanation = """
        Formats: lines, one member a line; csv, RFC 4180 with a header, of which --column names the \
        column; ndjson, one JSON object a line, of which --column names the field (user.email for \
        one inside another); engage, Segment's Engage track events as one JSON object a line, which \
        a file .ndjson or .jsonl is taken for where no --column is named.
        """

    /// What the name of a file says.
    init(path: String, hasColumn: Bool) {
        if path.hasSuffix(".csv") {
            self = .csv
        } else if path.hasSuffix(".ndjson") || path.hasSuffix(".jsonl") {
            self = hasColumn ? .ndjson : .engage
        } else {
            self = .lines
        }
    }

    /// Refuses options that do not belong to the format, and lacks of those that do.
    func validate(column: String?, audience: String?) throws {
        let needsColumn = self == .csv || self == .ndjson
        if needsColumn, column == nil {
            throw ValidationError(
                self == .csv
                    ? "a CSV file needs --column, the name of its column of addresses"
                    : "JSON objects need --column, the name of their field of addresses")
        }
        if !needsColumn, column != nil {
            throw ValidationError(
                "--column is for CSV files and JSON objects, and these are "
                    + (self == .lines ? "lines" : "events"))
        }
        if audience != nil, self != .engage {
            throw ValidationError("--audience is for --format engage")
        }
    }

    func decoder(_ direction: Direction, column: String?, audience: String?) -> any RowDecoder {
        switch self {
        case .lines: LineDecoder(direction)
        case .csv: CSVDecoder(column: column ?? "", direction)
        case .ndjson: NDJSONDecoder(field: column ?? "", direction)
        case .engage: EngageDecoder(audience: audience)
        }
    }
}
