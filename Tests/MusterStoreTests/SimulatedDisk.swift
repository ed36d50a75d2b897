import MusterCore
import Synchronization

@testable import MusterStore

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

    final class File: Sendable {
        let content = Mutex(Content())
    }

    struct Content {
        var durable: [UInt8] = []
        var current: [UInt8] = []
        var isLocked = false
    }

    struct State {
        var random: Random
        let capacity: Int
        /// The names, and for each change of one that is not durable yet, the names after it.
        var durableNames: [String: File] = [:]
        var pendingNames: [[String: File]] = []
        var directories: Set<String> = [""]
        var open: [Int32: File] = [:]
        var nextDescriptor: Int32 = 3
        var stepsLeft = Int.max
        var failure: Int32?

        var names: [String: File] { pendingNames.last ?? durableNames }

        var used: Int {
            names.values.reduce(0) { $0 + $1.content.withLock { $0.current.count } }
        }
    }

    /// How often the disk was written to, synced or renamed on.
    var writes: Int { .max - state.withLock { $0.stepsLeft } }

    /// From now on, the power goes after so many calls that write: they and all later ones fail.
    func cutPower(after calls: Int) { state.withLock { $0.stepsLeft = calls } }

    /// From now on, calls that write fail with `code`; nil ends that.
    func fail(with code: Int32?) { state.withLock { $0.failure = code } }

    /// The disk as it may be found after a crash now.
    func crashed() -> SimulatedDisk {
        state.withLock { state in
            let disk = SimulatedDisk(seed: state.random.next(), capacity: state.capacity)
            let survived = state.random.below(state.pendingNames.count + 1)
            let names = survived == 0 ? state.durableNames : state.pendingNames[survived - 1]
            let directories = state.directories
            for path in names.keys.sorted() {
                guard let file = names[path] else { continue }
                disk.put(file.content.withLock { $0.afterCrash(&state.random) }, at: path)
            }
            disk.state.withLock { $0.directories = directories }
            return disk
        }
    }

    /// Everything as it is, without a process that holds it.
    func released() -> SimulatedDisk {
        state.withLock { state in
            let disk = SimulatedDisk(seed: state.random.next(), capacity: state.capacity)
            for (path, file) in state.names {
                disk.put(file.content.withLock { $0.current }, at: path)
            }
            let directories = state.directories
            disk.state.withLock { $0.directories = directories }
            return disk
        }
    }

    /// The content of every file.
    var files: [String: [UInt8]] {
        state.withLock { $0.names.mapValues { $0.content.withLock { $0.current } } }
    }

    func put(_ bytes: [UInt8], at path: String) {
        let file = File()
        file.content.withLock { $0 = Content(durable: bytes, current: bytes) }
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
            state.open.removeValue(forKey: file.number)?.content.withLock { $0.isLocked = false }
        }
    }

    func lock(_ file: Descriptor) throws(FileError) -> Bool {
        try content(file, "lock") { content in
            defer { content.isLocked = true }
            return !content.isLocked
        }
    }

    func size(of file: Descriptor) throws(FileError) -> Int {
        try content(file, "fstat") { $0.current.count }
    }

    func read(
        _ file: Descriptor, at offset: Int, count: Int
    ) throws(FileError) -> [UInt8] {
        try content(file, "read") { Array($0.current.dropFirst(offset).prefix(count)) }
    }

    func write(_ bytes: [UInt8], to file: Descriptor, at offset: Int) throws(FileError) {
        var bytes = bytes[...]
        var torn: FileError?
        do {
            try writing("write", growth: 0)
        } catch {
            // A write that fails may have got some way; a killed one stops between two pages of the
            // host's memory.
            let reached = offset + state.withLock { $0.random.below(bytes.count + 1) }
            bytes = bytes.prefix(max(0, reached / 512 * 512 - offset))
            torn = error
        }
        try content(file, "write") { content in
            let missing = offset + bytes.count - content.current.count
            if missing > 0 { content.current += [UInt8](repeating: 0, count: missing) }
            content.current.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
        if let torn { throw torn }
    }

    func reserve(_ count: Int, of file: Descriptor) throws(FileError) {
        let size = try size(of: file)
        try writing("allocate", growth: max(0, count - size))
        try content(file, "allocate") { content in
            let missing = count - content.current.count
            if missing > 0 { content.current += [UInt8](repeating: 0, count: missing) }
        }
    }

    func truncate(_ file: Descriptor, to count: Int) throws(FileError) {
        try writing("truncate", growth: 0)
        try content(file, "truncate") { content in
            let extra = content.current.count - count
            if extra > 0 { content.current.removeLast(extra) }
        }
    }

    func synchronize(_ file: Descriptor) throws(FileError) {
        try writing("fdatasync", growth: 0)
        try content(file, "fdatasync") { $0.durable = $0.current }
    }

    func synchronizeDirectory(_ path: String) throws(FileError) {
        try writing("fsync", growth: 0)
        state.withLock { state in
            // Names of other directories may become durable too; it is enough that those asked for
            // do.
            state.durableNames = state.names
            state.pendingNames = []
        }
    }

    func dropCache(of file: Descriptor) throws(FileError) {}

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
            return state.names.keys.filter { $0.hasPrefix(directory + "/") }
                .map { String($0.dropFirst(directory.utf8.count + 1)) }.sorted()
        }
    }

    func makeDirectory(_ path: String) throws(FileError) {
        try state.withLock { state throws(FileError) in
            guard !state.directories.contains(path) else { return }
            try state.write("make directory", path)
            state.directories.insert(path)
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

    private func content<Value: Sendable>(
        _ file: Descriptor, _ operation: String, _ body: (inout Content) -> Value
    ) throws(FileError) -> Value {
        guard let file = state.withLock({ $0.open[file.number] }) else {
            throw FileError(operation, "", code: 9)
        }
        return file.content.withLock { body(&$0) }
    }
}

extension SimulatedDisk.State {
    fileprivate mutating func write(_ operation: String, _ path: String) throws(FileError) {
        if let failure { throw FileError(operation, path, code: failure) }
        guard stepsLeft > 0 else { throw FileError(operation, path, code: 5) }
        stepsLeft -= 1
    }

    fileprivate mutating func change(_ body: (inout [String: SimulatedDisk.File]) -> Void) {
        var names = names
        body(&names)
        pendingNames.append(names)
    }
}

extension SimulatedDisk.Content {
    /// Each sector that differs is found old or new, and the size too.
    fileprivate func afterCrash(_ random: inout Random) -> [UInt8] {
        guard durable != current else { return durable }
        let size = random.flag() ? durable.count : current.count
        var found: [UInt8] = []
        for start in stride(from: 0, to: size, by: 512) {
            let source = random.flag() ? durable : current
            let sector = source.dropFirst(start).prefix(min(512, size - start))
            found += sector
            found += [UInt8](repeating: 0, count: min(512, size - start) - sector.count)
        }
        return found
    }
}

/// SplitMix64: the same numbers for the same seed.
struct Random {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func flag() -> Bool { next() & 1 == 1 }
}
