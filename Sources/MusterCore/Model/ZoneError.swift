/// Why a time zone cannot be used.
package enum ZoneError: Error, Hashable, Sendable {
    /// The name could lead out of the directory of zones, or is none.
    case badName
    case notAZoneFile
    /// The file is of version 1, whose times end in 2038.
    case oldVersion
    case truncated
    /// The file counts leap seconds, as those below "right/" do; the host's clock does not.
    case leapSeconds
    /// The table of the file contradicts itself or its format.
    case badTable
    /// The rule for the time after the table is not one.
    case badRule

    /// What is wrong, as a sentence without its subject.
    package var message: String {
        switch self {
        case .badName: "is not the name of a time zone"
        case .notAZoneFile: "is not a compiled time zone file"
        case .oldVersion: "is a time zone file of version 1, which ends in 2038"
        case .truncated: "is a time zone file that ends too soon"
        case .leapSeconds: "is a time zone file that counts leap seconds"
        case .badTable: "is a damaged time zone file"
        case .badRule: "has a rule for daylight saving time that cannot be read"
        }
    }
}
