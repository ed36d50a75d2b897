import ArgumentParser

/// How many rejected rows an import bears: a count, or a share of the rows such as `5%`.
enum RejectLimit: Hashable, ExpressibleByArgument {
    /// A share means nothing before so many rows.
    private static let fewestRows = 1000

    case count(Int)
    case percent(Double)

    init?(argument: String) {
        if argument.hasSuffix("%") {
            guard let share = Double(argument.dropLast()), (0...100).contains(share) else {
                return nil
            }
            self = .percent(share)
        } else {
            guard let count = Int(argument), count >= 0 else { return nil }
            self = .count(count)
        }
    }

    /// Whether more were rejected, of as many rows; a share is judged late in the input only.
    func isPassed(rejected: Int, of rows: Int, isLast: Bool) -> Bool {
        switch self {
        case .count(let count): rejected > count
        case .percent(let share):
            (isLast || rows >= Self.fewestRows)
                && Double(rejected) * 100 > share * Double(rows)
        }
    }

    var text: String {
        switch self {
        case .count(let count): "\(count)"
        case .percent(let share):
            share == share.rounded() ? "\(Int(share))%" : "\(share)%"
        }
    }
}
