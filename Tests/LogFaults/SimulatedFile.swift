/// One file of a `SimulatedDisk`: what a read gives, and what the disk would give after a crash.
///
/// A sector of 512 bytes reaches the disk as a whole, in the state it had behind one of the writes
/// since the last sync, and none waits for another. A sync that fails has dropped some sectors: the
/// host takes them for written, reads still give them, and no later sync writes them. (Linux, ext4
/// and XFS: measured.)
struct SimulatedFile {
    static let sector = 512

    private(set) var bytes: [UInt8]
    /// What changes undo, in their order, back to the last sync.
    private var undo: [Change] = []
    /// The sectors that a failed sync dropped, as the disk has them.
    private var dropped: [Int: [UInt8]] = [:]

    fileprivate struct Change {
        let offset: Int
        let before: [UInt8]
        let size: Int
    }

    init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    mutating func write(_ new: [UInt8], at offset: Int) {
        let end = offset + new.count
        let kept = Array(bytes[min(offset, bytes.count)..<min(end, bytes.count)])
        undo.append(Change(offset: min(offset, bytes.count), before: kept, size: bytes.count))
        grow(to: end)
        bytes.replaceSubrange(offset..<end, with: new)
    }

    /// Makes the file that long with zeros, or cuts it.
    mutating func resize(to size: Int) {
        guard size != bytes.count else { return }
        let cut = Array(bytes[min(size, bytes.count)...])
        undo.append(Change(offset: min(size, bytes.count), before: cut, size: bytes.count))
        if size < bytes.count { bytes.removeLast(bytes.count - size) }
        grow(to: size)
    }

    mutating func synchronize() {
        if !dropped.isEmpty {
            for sector in unsafeSectors { dropped[sector] = nil }
        }
        undo = []
    }

    /// A sync that fails: some sectors are on the disk now, the others are dropped.
    mutating func failToSynchronize(_ random: inout Random) {
        let durable = durableBytes
        for sector in unsafeSectors.sorted() where random.flag() {
            dropped[sector] = dropped[sector] ?? Self.sector(sector, of: durable)
        }
        undo = []
    }

    /// The host forgets what it remembers; what was dropped is seen to be missing.
    ///
    /// What it has not written yet it keeps.
    mutating func dropCache() {
        let dirty = unsafeSectors
        for (sector, old) in dropped where !dirty.contains(sector) {
            put(old, at: sector, in: &bytes)
            dropped[sector] = nil
        }
    }

    /// What may be found after a crash.
    func afterCrash(_ random: inout Random) -> [UInt8] {
        let dirty = unsafeSectors.sorted()
        guard !dirty.isEmpty || !dropped.isEmpty else { return bytes }
        let stages = dirty.map { _ in random.below(undo.count + 1) }
        let size = random.below(undo.count + 1)
        var image = bytes
        var found: [Int: [UInt8]] = [:]
        var foundSize = bytes.count
        for stage in stride(from: undo.count, through: 0, by: -1) {
            if stage < undo.count { undo[stage].revert(&image) }
            if stage == size { foundSize = image.count }
            for (index, sector) in dirty.enumerated() where stages[index] == stage {
                let old = stage == 0 ? dropped[sector] : nil
                found[sector] = old ?? Self.sector(sector, of: image)
            }
        }
        for (sector, old) in dropped where found[sector] == nil { found[sector] = old }
        var result = bytes
        if result.count > foundSize { result.removeLast(result.count - foundSize) }
        result += [UInt8](repeating: 0, count: foundSize - result.count)
        for (sector, content) in found { put(content, at: sector, in: &result) }
        return result
    }

    /// What the last sync made durable.
    private var durableBytes: [UInt8] {
        var image = bytes
        for change in undo.reversed() { change.revert(&image) }
        return image
    }

    /// The sectors that changed since the last sync.
    private var unsafeSectors: Set<Int> {
        var sectors: Set<Int> = []
        var size = bytes.count
        for change in undo.reversed() {
            let end = max(change.offset + change.before.count, size, change.size)
            let isResize = size != change.size
            let last = isResize ? end : change.offset + change.before.count
            if last > change.offset {
                sectors.formUnion(change.offset / Self.sector...(last - 1) / Self.sector)
            }
            size = change.size
        }
        return sectors
    }

    private mutating func grow(to size: Int) {
        if size > bytes.count { bytes += [UInt8](repeating: 0, count: size - bytes.count) }
    }

    private static func sector(_ number: Int, of bytes: [UInt8]) -> [UInt8] {
        let found = Array(bytes.dropFirst(number * sector).prefix(sector))
        return found + [UInt8](repeating: 0, count: sector - found.count)
    }

    private func put(_ content: [UInt8], at sector: Int, in bytes: inout [UInt8]) {
        let start = sector * Self.sector
        let end = min(start + Self.sector, bytes.count)
        guard start < end else { return }
        bytes.replaceSubrange(start..<end, with: content.prefix(end - start))
    }
}

extension SimulatedFile.Change {
    fileprivate func revert(_ image: inout [UInt8]) {
        if image.count > size { image.removeLast(image.count - size) }
        if image.count < size { image += [UInt8](repeating: 0, count: size - image.count) }
        image.replaceSubrange(offset..<offset + before.count, with: before)
    }
}
