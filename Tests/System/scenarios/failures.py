"""A write or a sync that fails ends the daemon, unacknowledged and without a second try; want of room before a segment
does not."""

import collections

from ledger import seed
from programs import Failure, must
from script import Script, calls
from subjects import library

CHANGES = "pwrite64,fdatasync,fsync,rename,ftruncate,fallocate,"


def every_call_that_fails_once_ends_the_daemon_with_74_and_loses_nothing(bench):
    script, points, before_stop = _prepared(bench)
    ends = collections.Counter()
    for number, (name, path) in enumerate(points, 1):
        ends[_fail(bench, script, number, before_stop)] += 1
        script.look(f"EIO at call {number}, {name} of {path}")
    must(ends[74] > len(points) * 0.8, f"the daemon ended otherwise too often: {ends}")
    script.ledger.judge(f"{len(points)} failed calls, {ends[74]} ended with 74, {ends[0]} at a clean stop with 0")


every_call_that_fails_once_ends_the_daemon_with_74_and_loses_nothing.seconds = 600


def a_failed_call_that_is_made_again_is_noticed(bench):
    script, points, before_stop = _prepared(bench)
    number = len(points) // 2
    try:
        _fail(bench, script, number, before_stop, plant="retry")
    except Failure as noticed:
        print(f"       retry: red at call {number}: {noticed}", flush=True)
    else:
        must(False, "the harness did not notice retry")


def no_room_for_a_segment_is_told_and_ends_nothing(bench):
    script, points, before_stop = _prepared(bench)
    record = bench.folder / "record"
    told = tries = 0
    for number, (_, path) in enumerate(points, 1):
        # The last two calls before the new name are for the segment's header, for which there is room.
        if path != "spare.seg" or any(name == "rename" for name, _ in points[number - 1:number + 2]):
            continue
        record.unlink(missing_ok=True)
        code, errors = script.run(log=record, only=CHANGES, at=number, do="ENOSPC")
        hit = calls(record)[number - 1]
        what = f"ENOSPC at call {number}, {' of '.join(hit)}"
        must(code in _ends_without_room(*hit), f"{what}: the daemon ended with {code}: {script.subject.said_last}")
        must(set(errors) <= {"log.full"}, f"{what}: the client was told {errors}")
        tries, told = tries + 1, told + len(errors)
        script.look(what)
    must(told > 0, "nobody was told that the log is full")
    script.ledger.judge(f"{tries} times no room, {told} commands refused with log.full")


def _ends_without_room(name, path):
    """How the daemon may end after want of room at a call: the spare is made beside the commands, so that it is any."""
    if path == "spare.seg" or name == "fallocate":  # room that is asked for before anything is decided
        return {0}
    # MARK is made when room is held, and written once a second; the rest is a commit's, for which there was room.
    return {0, 74} if path == "MARK" else {74}


def _prepared(bench):
    """The script, its calls that change something, and how many of them come before its stop."""
    library(bench)
    script, record = Script(bench, seed()), bench.folder / "calls"
    code, errors = script.run(log=record, only=CHANGES)
    must((code, errors) == (0, []), f"the script ended with {code}, {errors}: {script.subject.said_last}")
    return script, calls(record), script.calls_before_stop


def _fail(bench, script, number, before_stop, **faults):
    """Fails one call; gives the exit status after seeing that nothing was changed or synced behind it."""
    what, record = f"EIO at call {number}", bench.folder / "record"
    record.unlink(missing_ok=True)
    code, errors = script.run(log=record, only=CHANGES, at=number, do="EIO", **faults)
    must(errors == [], f"{what}: the client was told {errors}")
    if number > before_stop:
        # A snapshot is a cache: one that cannot be written is only told.
        expected = 0 if calls(record)[number - 1][1].startswith("snapshots") else 74
        must(code == expected, f"{what}: the daemon ended with {code}: {script.subject.said_last}")
        return code
    must(code == 74, f"{what}: the daemon ended with {code}: {script.subject.said_last}")
    # The spare is made by another thread than the commits: either may be in the middle of its own.
    spare = calls(record)[number - 1][1] == "spare.seg"
    behind = [call for call in calls(record)[number:] if (call[1] == "spare.seg") == spare]
    must(not behind, f"{what}: {behind} were called after it")
    return code
