import MusterCore

extension FrameDecoder {
    /// Takes the bytes of any collection.
    mutating func feed(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        feed(bytes.span)
    }
}

extension ReadAhead {
    /// Takes the bytes of any collection.
    mutating func feed(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        feed(bytes.span)
    }
}
