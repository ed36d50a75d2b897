"""Ten thousand people are erased at once from a log of ten million within minutes."""

import os
import subprocess
import time

from programs import must
from scenarios.large import _digests, _filled
from setting import configured

PIECE, PIECES, GONE = 1_000_000, 10, 10_000
MINUTES = 10


def _timed(bench, *arguments):
    """What the command line said, how long it took, and the most memory it had, in MiB."""
    said, begun = bench.folder / "said", time.monotonic()
    with open(said, "wb") as output:
        process = subprocess.Popen(
            [bench.path("muster"), "log", *arguments, "--state-directory", str(bench.state)], stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
    must(status == 0, f"muster log {arguments[0]} ended with {status}: {said.read_text()[-600:]}")
    return said.read_text(), time.monotonic() - begun, usage.ru_maxrss // 1024


def ten_thousand_people_are_erased_from_a_log_of_ten_million(bench):
    bench.credential()
    daemon = bench.daemon()
    configured(bench)
    who = bench.folder / "who"
    with open(who, "w", encoding="ascii") as names:
        for piece in range(PIECES):
            members = _digests(piece, PIECE)
            _filled(bench, members)
            names.writelines(f"{one}\n" for one in members[::PIECE * PIECES // GONE])
    daemon.stop(60)
    size = sum(path.stat().st_size for path in bench.state.rglob("*.seg")) >> 20
    said, seconds, most = _timed(bench, "erase", "--file", str(who))
    must("10000" in said, f"it says {said}")
    _, verified, _ = _timed(bench, "verify")
    needles = [bytes.fromhex(line) for line in who.read_text().split()[::500]]
    for path in bench.state.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        must(not any(needle in data for needle in needles), f"{path.name} names somebody")
    must(seconds < 60 * MINUTES, f"it took {seconds:.0f} s")
    print(f"       {GONE:,} of {PIECE * PIECES:,} in {size} MiB of log: {seconds:.0f} s, {most} MiB at the most; verified in "
          f"{verified:.0f} s", flush=True)


ten_thousand_people_are_erased_from_a_log_of_ten_million.deep = True
ten_thousand_people_are_erased_from_a_log_of_ten_million.seconds = 1800
