"""A list of two million people goes in and out in bounded memory, while commands are answered."""

import base64
import hashlib
import json
import pathlib
import random
import time

from programs import must
from scenarios.credentials import sent
from scenarios.many import Caller
from setting import Wire, configured

COUNT, FRAME, AHEAD = 2_000_000, 1000, 16
# MiB, of which two million digests alone take 61. Measured: 107 with all of them in, 253 after the first list, and 338
# after the second, which is compared with the first.
MOST = 400
PATIENCE = 90


def _peak(daemon):
    """The most memory the daemon had, in MiB."""
    return int(pathlib.Path(f"/proc/{daemon.pid}/status").read_text().split("VmHWM:")[1].split()[0]) // 1024


def _digests(seed, count):
    """So many digests, as hex characters."""
    data = random.Random(seed).randbytes(32 * count).hex()
    return [data[at:at + 64] for at in range(0, len(data), 64)]


def _filled(bench, members):
    """Sends them all, some frames ahead of the answers."""
    with Wire(bench.socket, timeout=60.0) as wire:
        open_requests = 0
        for number, start in enumerate(range(0, len(members), FRAME)):
            params = {"instance": "acme", "members": members[start:start + FRAME]}
            wire.ask({"id": number, "method": "member.add", "params": params})
            open_requests += 1
            if open_requests == AHEAD:
                must("result" in wire.reply(), "members were refused")
                open_requests -= 1
        for _ in range(open_requests):
            must("result" in wire.reply(), "members were refused")


def _arrived(bench, run, members):
    """Holds the run, and what the stand-in took last, to these members."""
    must(run["state"] == "succeeded", f"the run {run['state']}: {run['detail']}")
    rows = b"".join(base64.b64encode(one) + b"\n" for one in sorted(map(bytes.fromhex, members)))
    digest = hashlib.sha256(rows).hexdigest()
    must((run["count"], run["bytes"], run["digest"]) == (len(members), len(rows), digest), f"the run is {run}")
    report = json.loads(bench.inspect())
    segment, = report["segments"]
    last = max(segment["drops"], key=lambda drop: drop["acceptedNumber"])
    must((last["rows"], last["bytes"], last["sha256"]) == (len(members), len(rows), digest), f"it took {last}")
    must(not last["invalidRows"] and not last["duplicateRows"] and report["problems"] == {}, f"it took {last}")


def two_million_people_go_in_and_out_in_bounded_memory_while_commands_are_answered(bench):
    bench.sandbox("--keep-rows", "0")
    daemon = bench.daemon()
    configured(bench)
    configured(bench, instance="other", audienceName="other")
    members, more = _digests(1, COUNT), _digests(2, 1000)
    begun = time.monotonic()
    _filled(bench, members)
    filled, full = time.monotonic() - begun, _peak(daemon)
    caller = Caller(bench)
    caller.start()
    begun = time.monotonic()
    run = sent(bench, PATIENCE)
    out, first = time.monotonic() - begun, _peak(daemon)
    _filled(bench, more)
    following = sent(bench, PATIENCE, again=True)
    answers, most = caller.must_have_been_answered(), _peak(daemon)
    print(f"       in within {filled:.0f} s, out within {out:.0f} s; MiB: {full} when in, {first} after a first list, "
          f"{most} after a second; {answers}", flush=True)
    must((following["added"], following["removed"]) == (len(more), 0), f"the second run is {following}")
    bench.people = set(map(bytes.fromhex, more))
    _arrived(bench, following, members + more)
    must(run["state"] == "succeeded" and run["count"] == COUNT, f"the first run is {run}")
    must(most < MOST, f"the daemon took {most} MiB")


def a_stop_while_a_snapshot_is_written_leaves_one_that_is_near_the_end(bench):
    daemon = bench.daemon()
    configured(bench)
    written = bench.state / "snapshots"
    with Wire(bench.socket, timeout=60.0) as wire:
        # A snapshot is due when 128 MiB of log are new; frames follow until its file is seen.
        for number in range(3 * 4200):
            params = {"instance": "acme", "members": _digests(number, FRAME)}
            wire.ask({"id": number, "method": "member.add", "params": params})
            end = wire.reply()["position"]
            if list(written.glob("*.people")):
                break
        must(not list(written.glob("*.state")), "the snapshot was written before its writing was seen")
        must(daemon.stop() == 0, f"the daemon did not end well: {daemon.text()[-500:]}")
    found = sorted(int(path.stem) for path in written.glob("*.state"))
    # What came while it was written is worth another one when it is 4 MiB, which 131 frames are.
    must(found and end - 131 <= found[-1] <= end, f"the snapshots are {found}, and the log ends at {end}")
    bench.daemon()
    with bench.client() as client:
        status = client.call("status")["result"]
    must(status["snapshot"]["position"] == found[-1], f"the daemon began with {status['snapshot']}")
