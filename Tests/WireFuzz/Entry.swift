import Glibc
import MusterCore

/// What the fuzzing engine calls for every input: the bytes of one connection, where the first one
/// is 0 as a frame's is, and otherwise lines, each the body of a frame.
///
/// The lines let the engine change a body's length without knowing that a frame begins with it.
///
/// A broken rule ends the process, and the engine keeps the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func takeInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // The engine owns the bytes for the time of the call only.
    let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    var session = Session(trap: isTrapSet)
    session.take(input.first == 0 ? input : frames(ofLines: input))
    return 0
}

private func frames(ofLines input: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    for body in input.split(separator: UInt8(ascii: "\n")) {
        Frame.encode(Array(body), into: &bytes)
    }
    return bytes
}

/// Whether a mistake is planted that the engine must find.
private let isTrapSet = unsafe getenv("MUSTER_FUZZ_TRAP") != nil
