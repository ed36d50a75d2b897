import MusterCore
import MusterStore
import Synchronization

/// A file system in memory that forgets what was not synced, and fails when told to.
///
/// What it promises is what the store may rely on: a synced file keeps its content and size, a
/// synced directory its names; a sector of 512 bytes is written as a whole; changes of names reach
/// the disk in order. Everything else may or may not survive a crash, as the seed decides.
final class SimulatedDisk: FileSystem {
    private let state: Mutex<State>

    init(seed: UInt64, capacity: Int = .max) {
        state = Mutex(State(random: Random(seed: seed), capacity: capacity))
    }

    private init(_ state: State) {
        self.state = Mutex(state)
    }

    final class File: Sendable {
        let content: Mutex<SimulatedFile>
        let isLocked = Mutex(false)

        init(_ content: SimulatedFile = SimulatedFile()) {
            self.content = Mutex(content)
        }
    }

    struct State {
        var random: Random
        var capacity: Int
        /// The names, and for each change of one that is not durable yet, the names after it.
        var durableNames: [String: File] = [:]
        var pendingNames: [[String: File]] = []
        var directories: Set<String> = [""]
        var open: [Int32: File] = [:]
        var nextDescriptor: Int32 = 3
        var calls = 0
        var plan = Plan()

        var names: [String: File] { pendingNames.last ?? durableNames }

        var used: Int {
            names.values.reduce(0) { $0 + $1.content.withLock { $0.bytes.count } }
        }
    }

    /// What goes wrong, and when.
    struct Plan {
        /// The power goes before this call that writes: it and all later ones fail.
        var powerCut = Int.max
        /// This one call that writes fails, with the code.
        var failure: (call: Int, code: Int32)?
        /// All calls that write fail with the code.
        var failures: Int32?
        /// One sync in so many says that it was done, and was not; 0 for none.
        var lies = 0
    }

    /// How many calls wrote, synced or renamed.
    var writes: Int { state.withLock { $0.calls } }

    /// From now on, the power goes after so many calls that write: they and all later ones fail.
    func cutPower(after calls: Int) {
        state.withLock { $0.plan.powerCut = $0.calls + calls }
    }

    /// From now on, calls that write fail with `code`; nil ends that.
    func fail(with code: Int32?) { state.withLock { $0.plan.failures = code } }

    /// The call that writes behind so many others fails once.
    func fail(after calls: Int, with code: Int32) {
        state.withLock { $0.plan.failure = ($0.calls + calls, code) }
    }

    /// From now on, one sync in so many lies; 0 for none.
    func lie(oneIn count: Int) { state.withLock { $0.plan.lies = count } }

    /// Room for so many bytes in all, or without a limit.
    func setCapacity(_ capacity: Int) { state.withLock { $0.capacity = capacity } }

    /// The disk as it may be found after a crash now.
    func crashed() -> SimulatedDisk {
        state.withLock { state in
            var found = State(random: Random(seed: state.random.next()), capacity: state.capacity)
            let survived = state.random.below(state.pendingNames.count + 1)
            let names = survived == 0 ? state.durableNames : state.pendingNames[survived - 1]
            for path in names.keys.sorted() {
                guard let file = names[path] else { continue }
                let bytes = file.content.withLock { $0.afterCrash(&state.random) }
                found.durableNames[path] = File(SimulatedFile(bytes))
            }
            found.directories = state.directories
            return SimulatedDisk(found)
        }
    }

    /// Everything as it is, without a process that holds it: the host goes on, with what it has
    /// not written yet.
    func released() -> SimulatedDisk {
        state.withLock { state in
            var found = State(random: Random(seed: state.random.next()), capacity: state.capacity)
            var copies: [ObjectIdentifier: File] = [:]
            func copy(_ file: File) -> File {
                let made = copies[ObjectIdentifier(file)] ?? File(file.content.withLock { $0 })
                copies[ObjectIdentifier(file)] = made
                return made
            }
            found.durableNames = state.durableNames.mapValues(copy)
            found.pendingNames = state.pendingNames.map { $0.mapValues(copy) }
            found.directories = state.directories
            return SimulatedDisk(found)
        }
    }

    /// The content of every file.
    var files: [String: [UInt8]] {
        state.withLock { $0.names.mapValues { $0.content.withLock { $0.bytes } } }
    }

    /// Puts a durable file there.
    func put(_ bytes: [UInt8], at path: String) {
        let file = File(SimulatedFile(bytes))
        state.withLock { state in
            state.durableNames[path] = file
            for index in state.pendingNames.indices { state.pendingNames[index][path] = file }
        }
    }

    func open(_ path: String, _ mode: OpenMode) throws(FileError) -> Descriptor {
        try state.withLock { state throws(FileError) in
            let file: File
            switch (state.names[path], mode) {
            case (.some, .createNew): throw FileError("open", path, code: 17)
            case (.some(let found), _): file = found
            case (nil, .create), (nil, .createNew):
                try state.write("open", path)
                file = File()
                state.change { $0[path] = file }
            case (nil, _): throw FileError("open", path, code: 2)
            }
            state.nextDescriptor += 1
            state.open[state.nextDescriptor] = file
            return Descriptor(number: state.nextDescriptor)
        }
    }

    func close(_ file: Descriptor) {
        state.withLock { state in
            state.open.removeValue(forKey: file.number)?.isLocked.withLock { $0 = false }
        }
    }

    func lock(_ file: Descriptor) throws(FileError) -> Bool {
        let file = try self.file(file, "lock")
        return file.isLocked.withLock { isLocked in
            defer { isLocked = true }
            return !isLocked
        }
    }

    func size(of file: Descriptor) throws(FileError) -> Int {
        try self.file(file, "fstat").content.withLock { $0.bytes.count }
    }

    func read(
        _ file: Descriptor, at offset: Int, count: Int
    ) throws(FileError) -> [UInt8] {
        try self.file(file, "read").content.withLock {
            Array($0.bytes.dropFirst(offset).prefix(count))
        }
    }

    func dropCache(of file: Descriptor) throws(FileError) {
        try self.file(file, "fadvise").content.withLock { $0.dropCache() }
    }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        try state.withLock { state throws(FileError) in
            try state.write("rename", path)
            guard let file = state.names[path] else { throw FileError("rename", path, code: 2) }
            state.change { names in
                names[path] = nil
                names[newPath] = file
            }
        }
    }

    func remove(_ path: String) throws(FileError) {
        try state.withLock { state throws(FileError) in
            guard state.names[path] != nil else { return }
            try state.write("remove", path)
            state.change { $0[path] = nil }
        }
    }

    func names(in directory: String) throws(FileError) -> [String]? {
        state.withLock { state in
            guard state.directories.contains(directory) else { return nil }
            let prefix = directory.isEmpty ? "" : directory + "/"
            return state.names.keys.filter { $0.hasPrefix(prefix) }
                .map { String($0.dropFirst(prefix.utf8.count)) }.sorted()
        }
    }

    func makeDirectory(_ path: String) throws(FileError) {
        try state.withLock { state throws(FileError) in
            guard !state.directories.contains(path) else { return }
            try state.write("make directory", path)
            state.directories.insert(path)
        }
    }

    func freeBytes() throws(FileError) -> Int { state.withLock { $0.capacity - $0.used } }

    private func file(_ file: Descriptor, _ operation: String) throws(FileError) -> File {
        guard let found = state.withLock({ $0.open[file.number] }) else {
            throw FileError(operation, "", code: 9)
        }
        return found
    }
}

extension SimulatedDisk {
    func write(_ bytes: [UInt8], to file: Descriptor, at offset: Int) throws(FileError) {
        let found = try self.file(file, "write")
        let growth = max(0, offset + bytes.count - found.content.withLock { $0.bytes.count })
        do {
            try writing("write", growth: growth)
        } catch {
            // A write that fails may have got some way; a killed one stops between two pages of the
            // host's memory.
            let reached = offset + state.withLock { $0.random.below(bytes.count + 1) }
            let count = max(0, reached / 512 * 512 - offset)
            if count > 0 {
                found.content.withLock { $0.write(Array(bytes.prefix(count)), at: offset) }
            }
            throw error
        }
        found.content.withLock { $0.write(bytes, at: offset) }
    }

    func reserve(_ count: Int, of file: Descriptor) throws(FileError) {
        let found = try self.file(file, "allocate")
        let size = found.content.withLock { $0.bytes.count }
        try writing("allocate", growth: max(0, count - size))
        found.content.withLock { $0.resize(to: max(count, size)) }
    }

    func truncate(_ file: Descriptor, to count: Int) throws(FileError) {
        let found = try self.file(file, "truncate")
        try writing("truncate", growth: 0)
        found.content.withLock { $0.resize(to: count) }
    }

    func synchronize(_ file: Descriptor) throws(FileError) {
        let found = try self.file(file, "fdatasync")
        do {
            try writing("fdatasync", growth: 0)
        } catch {
            if state.withLock({ $0.calls < $0.plan.powerCut }) {
                state.withLock { state in
                    found.content.withLock { $0.failToSynchronize(&state.random) }
                }
            }
            throw error
        }
        guard !state.withLock({ $0.isLying() }) else { return }
        found.content.withLock { $0.synchronize() }
    }

    func synchronizeDirectory(_ path: String) throws(FileError) {
        try writing("fsync", growth: 0)
        state.withLock { state in
            guard !state.isLying() else { return }
            // Names of other directories may become durable too; it is enough that those asked for
            // do.
            state.durableNames = state.names
            state.pendingNames = []
        }
    }

    private func writing(_ operation: String, growth: Int) throws(FileError) {
        try state.withLock { state throws(FileError) in
            try state.write(operation, "")
            guard growth == 0 || state.used + growth <= state.capacity else {
                throw FileError(operation, "", code: 28)
            }
        }
    }
}

extension SimulatedDisk.State {
    fileprivate mutating func write(_ operation: String, _ path: String) throws(FileError) {
        if let code = plan.failures { throw FileError(operation, path, code: code) }
        guard calls < plan.powerCut else { throw FileError(operation, path, code: 5) }
        calls += 1
        if let failure = plan.failure, failure.call == calls - 1 {
            throw FileError(operation, path, code: failure.code)
        }
    }

    fileprivate mutating func isLying() -> Bool {
        plan.lies > 0 && random.below(plan.lies) == 0
    }

    fileprivate mutating func change(_ body: (inout [String: SimulatedDisk.File]) -> Void) {
        var names = names
        body(&names)
        pendingNames.append(names)
    }
}
