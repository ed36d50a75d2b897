/// Rows of one direction that go into one command.
struct Batch: Hashable {
    /// What fits well into a frame; the daemon lists as many rejections in one answer.
    static let mostMembers = 1000
    static let mostBytes = 1 << 20
    /// What the daemon takes in one command; fewer where they do not fit into a frame.
    static let mostAtomic = 50_000

    let direction: Direction
    private let limit: Int
    private(set) var members: [String] = []
    private(set) var places: [InputRow.Place] = []
    private var bytes = 0

    /// A batch of up to `limit` members.
    init(_ direction: Direction, limit: Int = mostMembers) {
        self.direction = direction
        self.limit = limit
    }

    /// Whether a member still fits in.
    func takes(_ member: String) -> Bool {
        members.count < limit
            && (limit > Self.mostMembers || bytes + member.utf8.count <= Self.mostBytes)
    }

    mutating func append(_ member: String, at place: InputRow.Place) {
        members.append(member)
        places.append(place)
        bytes += member.utf8.count
    }
}
