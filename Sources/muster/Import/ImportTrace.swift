import MusterClient

/// What the log has of one import: the numbers of the commands that changed something, and counts.
struct ImportTrace {
    /// Where the numbers of the removals of a whole audience stand apart.
    static let removals = "out"

    private(set) var added = 0
    private(set) var removed = 0
    /// The commands of the import that changed something.
    private(set) var commands = 0
    /// The numbers of those that carry rows of the input.
    private(set) var taken: Set<Int> = []
    /// The last number of a command that took out who was not in the input.
    private(set) var lastRemoval = 0
    private(set) var last = 0

    /// Reads the log through the daemon.
    static func read(
        _ id: String, in instance: String, over connection: MusterConnection
    ) async throws -> ImportTrace {
        var trace = ImportTrace()
        var events = connection.log(types: ["membersAdded", "membersRemoved"], instance: instance)
            .makeAsyncIterator()
        while let element = try await events.next() {
            try Interruption.check()
            if case .event(let event) = element { trace.add(event, of: id) }
        }
        return trace
    }

    /// Whether the daemon has decided the command of this number, which changed nothing.
    func hasPassed(_ number: Int) -> Bool { number < last && !taken.contains(number) }

    /// Takes an event over where it is one of the import's.
    mutating func add(_ event: LogEvent, of id: String) {
        guard let command = event.json["commandId"]?.string, command.hasPrefix("\(id)-") else {
            return
        }
        let members = event.json["members"]?.integer ?? 0
        if event.type == "membersAdded" { added += members } else { removed += members }
        commands += 1
        let rest = command.dropFirst(id.count + 1)
        if let number = Int(rest) {
            taken.insert(number)
            last = max(last, number)
        } else if rest.hasPrefix("\(Self.removals)-"),
            let number = Int(rest.dropFirst(Self.removals.count + 1))
        {
            lastRemoval = max(lastRemoval, number)
        }
    }
}
