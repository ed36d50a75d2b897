package import MusterCore

extension AudienceSource {
    /// Who came in by these commands and has been in ever since, in the order of their digests.
    ///
    /// Reads the whole log up to the position: a snapshot does not know who came by what. Takes
    /// memory for those who came by these commands.
    package func stayed(since commands: CommandGroup) throws(LogError) -> [Digest] {
        var stayed = Membership(keepsAddresses: false)
        try LogReader(files).forEach(through: position) { entry in
            guard entry.event.fact.instance == instance else { return }
            switch entry.event.fact {
            case .membersAdded(let change):
                guard let id = entry.event.command?.id, commands.contains(id) else { return }
                for digest in change.identities.digests { _ = stayed.insert(digest) }
            case .membersRemoved(let change):
                guard stayed.count > 0 else { return }
                for digest in change.identities.digests { _ = stayed.remove(digest) }
            case .instanceRetired: stayed = Membership(keepsAddresses: false)
            default: break
            }
        }
        var digests: [Digest] = []
        digests.reserveCapacity(stayed.count)
        stayed.forEach { digest, _ in digests.append(digest) }
        return digests
    }
}
