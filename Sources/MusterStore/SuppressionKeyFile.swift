// suppression.key holds 32 random bytes, the key of the HMAC under which the log remembers people who
// are kept out. It is made with the first of them, never changes, and belongs into every copy of the
// directory: without it nobody can be recognised.

package import MusterCore

extension SuppressionKey {
    private static let path = "suppression.key"

    /// The key of a state directory; nil where nobody was ever kept out of anything.
    package static func read(_ disk: any FileSystem) throws(LogError) -> SuppressionKey? {
        let found = try failing { () throws(FileError) in
            try disk.content(of: path, limit: size + 1)
        }
        guard let bytes = found else { return nil }
        guard let key = SuppressionKey(bytes) else { throw .directory(.suppressionKey) }
        return key
    }

    /// The key that `state` needs, which may be none.
    package static func read(_ disk: any FileSystem, for state: State) throws(LogError)
        -> SuppressionKey?
    {
        let key = try read(disk)
        guard key != nil || state.suppressions.isEmpty else { throw .directory(.suppressionKey) }
        return key
    }

    /// The key of a state directory, made of `random` bytes where there is none yet.
    package static func readOrMake(
        _ disk: any FileSystem, for state: State, random: [UInt8]
    ) throws(LogError) -> SuppressionKey {
        if let key = try read(disk, for: state) { return key }
        guard let key = SuppressionKey(random) else { throw .directory(.suppressionKey) }
        try failing { () throws(FileError) in try disk.replace(path, with: random) }
        return key
    }
}
