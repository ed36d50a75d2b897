"""A log that is not as it was written stops the start, and says where."""

import re
import subprocess

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


def a_log_of_a_newer_format_stops_the_start_with_65(bench):
    segment = _written(bench)
    whole = bytearray(segment.read_bytes())
    whole[:8] = b"NEWER\0\0\x7f"
    segment.write_bytes(bytes(whole))
    code, text = _refused_start(bench)
    must(code == 65, f"the daemon ended with {code}: {text}")


def a_missing_segment_stops_the_start_with_65(bench):
    segment = _written(bench)
    segment.unlink()
    code, text = _refused_start(bench)
    must(code == 65, f"the daemon ended with {code}: {text}")
