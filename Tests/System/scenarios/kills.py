"""What was acknowledged is there wherever between two of its file calls the daemon is killed."""

import collections
import copy
import pathlib
import re

from disks import needs
from ledger import Ledger, events, seed, stream
from programs import must, wait_for
from script import Script, calls
from subjects import Subject, library

# What the daemon asks of files, as strace calls it, but for closing them and reading a directory's entries.
NAMES = """openat pread64 pwrite64 write writev pwritev fdatasync fsync sync_file_range rename renameat renameat2
    ftruncate truncate fallocate fadvise64 unlink unlinkat mkdir mkdirat flock linkat symlinkat fchmod""".split()


def everything_acknowledged_before_a_kill_at_any_file_call_is_there_after_it(bench):
    script = Script(bench, seed())
    points = _calls(script, bench)
    must(len(list(script.subject.state.glob("log/*.seg"))) == 2, "the script does not rotate")
    _sweep(script, enumerate(points, 1), "kill")
    _sweep(script, [one for one in enumerate(points, 1) if one[1][0] == "pwrite64"], "torn")
    script.ledger.judge(f"{script.ledger.opened} kills at {len(points)} calls")


def a_kill_at_any_file_call_of_a_start_that_repairs_loses_no_more(bench):
    script = Script(bench, seed())
    library(bench)
    record, changes = bench.folder / "record", "pwrite64,fdatasync,fsync,rename,ftruncate,fallocate,"
    script.run(log=record, only=changes)
    commits = [number for number, (name, path) in enumerate(calls(record), 1)
               if name == "pwrite64" and path.startswith("log/")]
    code, _ = script.run(at=commits[2], do="torn", only=changes)
    must(code == -9, f"the first life ended with {code}")
    script.go_on([1, 300, 1])
    points = _calls(script, bench)
    must(list(script.subject.state.glob("quarantine/*")), "nothing was repaired")
    _sweep(script, enumerate(points, 1), "kill")
    script.ledger.judge(f"{script.ledger.opened} kills of a repair at {len(points)} calls")


def a_kill_at_any_file_call_of_a_snapshot_loses_no_more(bench):
    script = Script(bench, seed(), lists=[28_000] * 5)
    library(bench)
    script.run(stop=False)
    script.go_on([1])
    points = _calls(script, bench)
    must(list(script.subject.state.glob("snapshots/*.state")), "no snapshot was written")
    chosen = [one for one in enumerate(points, 1) if one[1][1].startswith("snapshots")]
    must(len(chosen) > 8, f"a snapshot has {chosen}")
    _sweep(script, chosen, "kill")
    script.ledger.judge(f"{script.ledger.opened} kills of a snapshot")


for _scenario in (
        everything_acknowledged_before_a_kill_at_any_file_call_is_there_after_it,
        a_kill_at_any_file_call_of_a_start_that_repairs_loses_no_more,
        a_kill_at_any_file_call_of_a_snapshot_loses_no_more):
    _scenario.seconds = 600


def _sweep(script, points, how):
    for number, (name, path) in points:
        what = f"{how} at call {number}, {name} of {path}"
        code, _ = script.run(at=number, do=how)
        must(code == -9, f"{what}: the daemon ended with {code}")
        script.look(what)


def the_kills_notice_a_reply_that_leaves_before_the_write(bench):
    script = Script(bench, seed())
    points = _calls(script, bench)
    for number in range(len(points) // 3, len(points)):
        script.run(at=number, do="kill", plant="lateWrite")
        script.look(f"kill at call {number}")
        if script.ledger.lost + script.ledger.phantom:
            break
    must(script.ledger.lost + script.ledger.phantom, "the harness did not notice lateWrite at any call")
    print(f"       lateWrite: red at call {number}, {script.ledger.lost} lost", flush=True)


def the_calls_that_are_counted_are_those_that_strace_sees(bench):
    needs("strace")
    script = Script(bench, seed())
    trace, record = bench.folder / "trace", bench.folder / "record"
    strace = f"strace -D -f -y -q -s 0 -e trace={','.join(NAMES)} -o".split()
    code, _ = script.run(wrap=[*strace, str(trace)], log=record)
    must(code == 0, f"the traced daemon ended with {code}")
    ended = rf"(?m)^{script.subject.program.pid} +\+\+\+ exited"
    wait_for(lambda: re.search(ended, trace.read_text(errors="replace")), "strace writes all it saw")
    seen, counted = _traced(trace, script.subject.state), calls(record)
    # Threads are seen in different orders, but one file is one thread's at a time.
    of_files = sorted(seen, key=lambda call: call[1]), sorted(counted, key=lambda call: call[1])
    for one, other in zip(*of_files):
        must(one == other, f"{one} to strace is {other} to faults.c")
    must(len(seen) == len(counted), f"strace saw {len(seen)} calls, faults.c {len(counted)}")
    print(f"       {len(seen)} calls, the same to both", flush=True)


def a_kill_that_strace_sends_loses_no_more(bench):
    needs("strace")
    script = Script(bench, seed())
    # strace counts for each thread, and the spare is made by another than the engine's.
    counts = collections.Counter(name for name, path in _calls(script, bench) if path != "spare.seg")
    for name in ("pwrite64", "fdatasync", "fsync", "rename", "ftruncate", "fallocate"):
        for number in sorted({1, counts[name] // 2, counts[name]} - {0}):
            code, _ = script.run(wrap=[
                "strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={name}",
                "-e", f"inject={name}:signal=SIGKILL:when={number}"])
            must(code == -9, f"the kill at {name} {number} did not come: {code}")
            script.look(f"kill by strace at {name} {number}")
    script.ledger.judge(f"{script.ledger.opened} kills by strace")


def _calls(script, bench):
    """The calls of a life without faults."""
    library(bench)
    record = bench.folder / "calls"
    code, errors = script.run(log=record)
    must((code, errors) == (0, []), f"the script ended with {code}, {errors}: {script.subject.said_last}")
    return calls(record)


def _traced(trace, root):
    """The calls of a trace that concern files below `root`, in the order they began in."""
    found = []
    for line in trace.read_text(errors="replace").splitlines():
        begun = re.match(r"\d+\s+(\w+)\((.*)", line)
        if not begun:
            continue
        name, rest = begun.groups()
        if name in ("openat", "rename", "unlink", "mkdir"):
            path = re.search(r'"([^"]*)"', rest)
        else:
            path = re.match(r"\d+<([^>]*)>", rest)
        where = path and pathlib.PurePath(path.group(1))
        if where and where.is_relative_to(root):
            found.append((name, str(where.relative_to(root))))
    return found


def what_is_gone_and_what_was_never_sent_is_counted(bench):
    subject, ledger = Subject(bench), Ledger(seed())
    subject.must_start()
    stream(bench.socket, ledger, lambda: ledger.mixed(5), count=30)
    subject.end()
    subject.must_start()
    found, _ = events(bench, subject.state)
    subject.end()
    for name, changed, expected in (
            ("the log as it is", found, (0, 0)),
            ("one event gone", found[:7] + found[8:], (1, 0)),
            ("its end gone", found[:-4], (4, 0)),
            ("one never sent", found + [{**found[-1], "commandId": "stranger"}], (0, 1)),
            ("one twice", found + [found[-1]], (0, 1)),
            ("two exchanged", found[:7] + [found[8], found[7]] + found[9:], (1, 1)),
            ("other people", found[:9] + [{**found[9], "identities": ["00" * 32]}] + found[10:], (1, 1))):
        trial = copy.deepcopy(ledger)
        trial.compare(changed)
        must((trial.lost, trial.phantom) == expected, f"{name}: {trial.lost} lost, {trial.phantom} phantom")
