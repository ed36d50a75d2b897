/// A state without its people, and how many they are: what a snapshot is written from, together
/// with the people that the log tells.
package struct Outline: Sendable {
    package let state: State
    /// The members of each instance, by number from 1.
    package let counts: [Int]

    package init(of state: State) {
        self.state = state.withoutMembers
        counts = state.instances.map(\.members.count)
    }
}
