/// The most bytes of each text that a client may send, where its form alone does not bound it.
///
/// All are far below what a record of the log takes, so that no request that is taken can fail
/// there.
package enum TextLimit {
    package static let id = 64
    package static let method = 64
    package static let client = 128
    package static let advertiserId = 32
    package static let audienceName = 256
    package static let externalAudienceId = 64

    /// By the names of the fields, as `hello` tells them.
    static let json: JSON = [
        "id": .integer(Int64(id)), "method": .integer(Int64(method)),
        "commandId": .integer(Int64(CommandID.limit)), "client": .integer(Int64(client)),
        "instance": .integer(Int64(InstanceID.limit)), "member": .integer(Int64(Member.textLimit)),
        "advertiserId": .integer(Int64(advertiserId)),
        "audienceName": .integer(Int64(audienceName)),
        "credential": .integer(Int64(InstanceID.limit)),
        "externalAudienceId": .integer(Int64(externalAudienceId)),
        "timeZone": .integer(Int64(Zone.nameLimit)),
    ]
}
