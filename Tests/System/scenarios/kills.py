"""What was acknowledged is there wherever between two of its file calls the daemon is killed."""

import collections
import pathlib
import re

from disks import needs
from ledger import seed
from programs import must
from script import Script, calls
from subjects import library

# What the daemon asks of files, as strace calls it, but for closing them and reading a directory's entries.
NAMES = """openat pread64 pwrite64 write writev pwritev fdatasync fsync sync_file_range rename renameat renameat2 ftruncate
    truncate fallocate fadvise64 unlink unlinkat mkdir mkdirat flock linkat symlinkat fchmod""".split()


def everything_acknowledged_before_a_kill_at_any_file_call_is_there_after_it(bench):
    script = Script(bench, seed())
    points = _calls(script, bench)
    for how in ("kill", "torn"):
        for number, (name, _) in enumerate(points, 1):
            if how == "kill" or name == "pwrite64":
                script.run(at=number, do=how)
                script.look(f"{how} at call {number}, {name}")
    script.ledger.judge(f"{script.ledger.opened} kills at {len(points)} calls")


everything_acknowledged_before_a_kill_at_any_file_call_is_there_after_it.seconds = 300


def the_kills_notice_a_reply_that_leaves_before_the_write(bench):
    script = Script(bench, seed())
    points = _calls(script, bench)
    for number in range(len(points) // 3, len(points)):
        script.run(at=number, do="kill", plant="lateWrite")
        script.look(f"kill at call {number}")
        if script.ledger.lost + script.ledger.phantom:
            break
    must(script.ledger.lost + script.ledger.phantom, "the harness did not notice lateWrite at any call")
    print(f"       lateWrite: red at call {number}, {script.ledger.lost} lost, {script.ledger.phantom} phantom", flush=True)


def the_calls_that_are_counted_are_those_that_strace_sees(bench):
    needs("strace", root=False)
    script = Script(bench, seed())
    trace, record = bench.folder / "trace", bench.folder / "record"
    code, _ = script.run(
        wrap=["strace", "-D", "-f", "-y", "-qq", "-s", "0", "-o", str(trace), "-e", f"trace={','.join(NAMES)}"], log=record)
    must(code == 0, f"the traced daemon ended with {code}")
    seen, counted = _traced(trace, script.subject.state), calls(record)
    for number, (one, other) in enumerate(zip(seen, counted), 1):
        must(one == other, f"call {number} is {one} to strace and {other} to faults.c")
    must(len(seen) == len(counted), f"strace saw {len(seen)} calls, faults.c {len(counted)}")
    print(f"       {len(seen)} calls, the same to both", flush=True)


def a_kill_that_strace_sends_loses_no_more(bench):
    needs("strace", root=False)
    script = Script(bench, seed())
    counts = collections.Counter(name for name, _ in _calls(script, bench))
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
    must(len(list(script.subject.state.glob("log/*.seg"))) == 2, "the script does not rotate")
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
