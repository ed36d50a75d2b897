"""A log that is not as it was written stops the start, and says where."""

import hashlib
import re
import subprocess

import log_reader
from programs import must
from setting import configured, fill


def _written(bench):
    """The only segment of a log with some commits in it, after a clean end."""
    bench.credential()
    daemon = bench.daemon()
    configured(bench)
    for _ in range(3):
        fill(bench, 200)
    with bench.client() as client:
        for number in range(20):
            client.call("member.add", {"instance": "acme", "member": f"late{number}@example.org"})
    must(daemon.stop() == 0, "the daemon did not end well")
    segments = sorted((bench.state / "log").glob("*.seg"))
    must(len(segments) >= 1, "there is no log")
    return segments[-1]


def _refused_start(bench):
    """What a daemon says that does not start, and its exit status."""
    ended = subprocess.run(
        [bench.path("musterd"), "--socket", bench.socket, *bench.daemon_options()],
        capture_output=True, text=True, timeout=30)
    bench.said.append(("musterd", ended.stdout + ended.stderr))
    return ended.returncode, ended.stdout + ended.stderr


def a_flipped_byte_in_the_middle_of_the_log_stops_the_start_with_65_and_says_where(bench):
    segment = _written(bench)
    whole = segment.read_bytes()
    for place in (len(whole) // 3, len(whole) // 2, 2 * len(whole) // 3):
        segment.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1:])
        code, text = _refused_start(bench)
        must(code == 65, f"byte {place}: the daemon ended with {code}: {text}")
        must(segment.name in text and re.search(r"(byte|offset) \d+", text), f"it does not say where: {text}")
        verified = bench.muster("log", "verify", "--state-directory", str(bench.state), expect=(10,))
        must(segment.name in verified.out + verified.err, f"verify does not say where: {verified.out}{verified.err}")
        must(segment.read_bytes()[place] == whole[place] ^ 0x10, "the damaged log was changed")
    segment.write_bytes(whole)
    bench.muster("log", "verify", "--state-directory", str(bench.state))
    bench.daemon()


def every_flipped_bit_of_one_commit_is_seen(bench):
    segment = _written(bench)
    whole = segment.read_bytes()
    for place in range(len(whole) - 300, len(whole) - 10, 7):
        segment.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << place % 8)]) + whole[place + 1:])
        bench.muster("log", "verify", "--state-directory", str(bench.state), expect=(10,))


def a_missing_segment_stops_the_start_with_65(bench):
    segment = _written(bench)
    segment.unlink()
    code, text = _refused_start(bench)
    must(code == 65, f"the daemon ended with {code}: {text}")


# What a newer version wrote


def _open(bench):
    """The segment of a log that was not closed, so that nothing but MARK knows how it ends."""
    bench.credential()
    daemon = bench.daemon()
    configured(bench)
    fill(bench, 200)
    daemon.kill()
    (segment,) = (bench.state / "log").glob("*.seg")
    return segment


def _checked(data):
    """Bytes with the checksum behind them."""
    return data + log_reader.crc32c(data).to_bytes(4, "little")


def _newer_manifest(bench, _):
    path = bench.state / "MANIFEST"
    data = bytearray(path.read_bytes()[:-4])
    data[8] = 2
    path.write_bytes(_checked(bytes(data)))


def _newer_segment(_, segment):
    data = bytearray(segment.read_bytes())
    data[8] = 2
    segment.write_bytes(_checked(bytes(data[:124])) + bytes(data[128:]))


def _newer_mark(bench, _):
    path = bench.state / "MARK"
    data = path.read_bytes()
    slots = [bytearray(data[start:start + 508]) for start in (0, 512)]
    for slot in slots:
        if any(slot):
            slot[8] = 2
    path.write_bytes(b"".join(_checked(bytes(slot)) if any(slot) else bytes(512) for slot in slots))


def _newer_event(bench, segment):
    """The type of the last commit's first event becomes one that does not exist yet; everything else fits it."""
    data = bytearray(segment.read_bytes())
    seed = log_reader.crc32c(bytes(data[16:32]) + (1).to_bytes(8, "little"))
    offset, chain = 128, hashlib.sha256(data[16:32]).digest()
    while any(data[(end := offset + int.from_bytes(data[offset:offset + 4], "little")):]):
        offset, chain = end, bytes(data[offset + 32:offset + 64])
    commit = data[offset:end]
    commit[136 + 2] = 200
    records = int.from_bytes(commit[20:24], "little")
    commit[64:96] = hashlib.sha256(commit[136:136 + records]).digest()
    commit[32:64] = hashlib.sha256(chain + commit[8:16] + commit[4:8] + commit[64:128]).digest()
    commit[28:32] = log_reader.crc32c(bytes(commit[136:]), seed).to_bytes(4, "little")
    commit[128:132] = log_reader.crc32c(bytes(commit[:128]), seed).to_bytes(4, "little")
    segment.write_bytes(bytes(data[:offset] + commit + data[end:]))
    # It has the chain of the commit as it was.
    (bench.state / "MARK").unlink()


def _is_refused(bench, change, names, log=_written):
    change(bench, log(bench))
    files = {path: path.read_bytes() for path in bench.state.rglob("*") if path.is_file()}
    code, text = _refused_start(bench)
    must(code == 65, f"the daemon ended with {code}: {text}")
    for word in (*names, "a newer version", "Nothing was changed", "Install that version"):
        must(word in text, f"it does not say {word!r}: {text}")
    must(files == {path: path.read_bytes() for path in bench.state.rglob("*") if path.is_file()}, "files were changed")
    told = bench.muster("log", "verify", "--state-directory", str(bench.state), expect=(10,))
    must("Install that version" in told.out + told.err, f"log verify says {told.out}{told.err}")


def an_older_daemon_refuses_a_newer_MANIFEST_and_says_what_to_install(bench):
    _is_refused(bench, _newer_manifest, ("MANIFEST", "format 2"))


def an_older_daemon_refuses_a_newer_segment_and_says_what_to_install(bench):
    _is_refused(bench, _newer_segment, (".seg", "format 2"))


def an_older_daemon_refuses_a_newer_mark_and_says_what_to_install(bench):
    _is_refused(bench, _newer_mark, ("MARK",))


def an_older_daemon_refuses_an_event_it_does_not_know_and_says_what_to_install(bench):
    _is_refused(bench, _newer_event, (".seg", "event type 200"), log=_open)
