import ArgumentParser
import Glibc
import MusterCore
import MusterStore

/// Where every verb of the log reads, and some write.
struct StateDirectory: ParsableArguments {
    @Option(help: "The daemon's state directory.", completion: .directory)
    var stateDirectory: String

    /// The directory's files; a directory that is not there is misuse, and not an empty log.
    func files() throws(Failure) -> PosixFileSystem { try Self.files(at: stateDirectory) }

    /// The files of the directory at `path`.
    static func files(at path: String) throws(Failure) -> PosixFileSystem {
        let files = PosixFileSystem(root: path)
        do {
            guard try files.names(in: "") != nil else {
                throw Failure.misuse(
                    "there is no directory \(path)",
                    remedy: "Name the daemon's with --state-directory; the units have it at "
                        + "/var/lib/musterd.")
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.access, "\(path) cannot be read", remedy: owners)
        }
        return files
    }

    private static let owners = "It is for its owner and for root: run this as one of them."

    /// The directory's files for a verb that writes, and who asks for it.
    ///
    /// Root has the rights of the directory's owner from here on: what root makes in it the daemon
    /// could not open.
    func writable() throws(Failure) -> (files: PosixFileSystem, caller: Actor) {
        let found = try files()
        let caller = Actor.peer(uid: getuid(), gid: getgid(), pid: getpid())
        var owner = stat()
        // The C function fills the structure and keeps nothing.
        guard unsafe stat(stateDirectory, &owner) == 0 else {
            throw Failure(.access, "\(stateDirectory) cannot be read", remedy: Self.owners)
        }
        guard geteuid() == 0, owner.st_uid != 0 else { return (found, caller) }
        // The groups go first: without root's rights they could not.
        guard setgroups(0, nil) == 0, setgid(owner.st_gid) == 0, setuid(owner.st_uid) == 0
        else {
            throw Failure(
                .access,
                "\(stateDirectory) belongs to user \(owner.st_uid), whose rights cannot be taken",
                remedy: "Run this as that user.")
        }
        return (found, caller)
    }
}
