import MusterCore
import SystemPackage

/// The host's time zones, by name; confined to the engine's loop.
final class Zones {
    private static let sizeLimit = 1 << 20
    private let directory: FilePath
    private var known: [String: Zone] = [:]

    init(directory: FilePath = "/usr/share/zoneinfo") {
        self.directory = directory
    }

    /// The zone of this name, or nil when the host has none; UTC where no name is given.
    func zone(_ name: String?) -> Zone? {
        guard let name else { return .utc }
        if let zone = known[name] { return zone }
        guard Zone.isPlausibleName(name) else { return nil }
        // A file that is missing, or is no zone, means the same to the caller: the name cannot be
        // used.
        guard
            let bytes = try? HostFile.read(
                directory.pushing(FilePath(name)), limit: Self.sizeLimit),
            let zone = try? Zone(name: name, tzif: bytes)
        else { return nil }
        known[name] = zone
        return zone
    }
}
