"""The log's harnesses in process: kills at every call, a simulated disk, torn tails, bit rot, replays, crowded members.

Each is run as it must be, and once with each mistake that it has to notice, planted by an option that only it has.
"""

import concurrent.futures
import os
import re
import shutil
import signal
import subprocess

from programs import must

DEEP = bool(os.environ.get("DEEP"))
CALLS = "openat,pwrite64,fallocate,ftruncate,fdatasync,fsync,fadvise64,rename,unlink,mkdir"


def _run(bench, *arguments, expect=0):
    done = subprocess.run(
        [bench.path("log-faults"), *map(str, arguments)], capture_output=True, text=True, timeout=100_000)
    bench.said.append(("log-faults " + str(arguments[0]), done.stdout + done.stderr))
    must(done.returncode == expect, f"log-faults {arguments} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


def _shown(bench, *arguments):
    print("       " + _run(bench, *arguments).replace("\n", "\n       "), flush=True)


def _noticed(bench, bugs, *arguments):
    for bug in bugs:
        said = _run(bench, *arguments, "--bug", bug, expect=1)
        print(f"       with {bug}: {said.splitlines()[-1][:110]}", flush=True)


def nothing_is_lost_on_a_disk_that_loses_tears_fails_fills_or_flips(bench):
    half = 5_000_000 if DEEP else 10_000
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(lambda first: _shown(bench, "disk", "--from", first, "--seeds", half), (0, half)))
    _noticed(
        bench, ["acknowledgedEarly", "lyingSync", "noDirectorySync", "retriedSync", "forgottenEvent"],
        "disk", "--seeds", 700)


nothing_is_lost_on_a_disk_that_loses_tears_fails_fills_or_flips.seconds = 200_000 if DEEP else 600


def an_unfinished_commit_is_cut_off_and_nothing_else_is(bench):
    _shown(bench, "tails", "--logs", 10 if DEEP else 1)
    _noticed(bench, ["unchained", "tornWithoutEmptyPart", "skippedDamage"], "tails", "--logs", 1)


def no_flipped_bit_is_taken_for_something_else(bench):
    _shown(bench, "rot", "--kib", 10_240 if DEEP else 64)
    _noticed(bench, ["skippedDamage", "tornWithoutEmptyPart", "uncheckedFiles"], "rot", "--kib", 16)


no_flipped_bit_is_taken_for_something_else.seconds = 20_000 if DEEP else 300


def the_live_state_a_replay_and_a_snapshot_with_its_tail_are_one(bench):
    _shown(bench, "replays", "--sequences", 1_000_000 if DEEP else 2000)
    _noticed(bench, ["forgottenEvent"], "replays", "--sequences", 50)


the_live_state_a_replay_and_a_snapshot_with_its_tail_are_one.seconds = 20_000 if DEEP else 120


def erased_people_are_gone_wherever_the_power_was_cut(bench):
    half = 50_000 if DEEP else 500
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(lambda first: _shown(bench, "erasures", "--from", first, "--people", half), (0, 1_000_000)))
    _noticed(bench, ["slotLeft", "snapshotLeft", "checksumLeft", "eventLeft"], "erasures", "--people", 20)


erased_people_are_gone_wherever_the_power_was_cut.seconds = 200_000 if DEEP else 300


def members_that_crowd_do_not_slow_the_set(bench):
    _shown(bench, "members")
    _noticed(bench, ["trustingTable"], "members", "--members", 200_000)


def _script(bench, directory, *options):
    """Runs the script, and gives its exit status, what was acknowledged last, and what it said."""
    done = subprocess.run(
        [bench.path("log-faults"), "script", "--directory", str(directory), *map(str, options)],
        capture_output=True, text=True, timeout=100)
    acknowledged = re.findall(r"acknowledged (\d+)", done.stdout)
    return done.returncode, int(acknowledged[-1]) if acknowledged else 0, done.stdout + done.stderr


def _killed_at(bench, call, options):
    """Kills a script at one call: whether something was cut off then, and what was wrong."""
    directory = bench.folder / f"script-{call}"
    code, acknowledged, said = _script(bench, directory, "--kill-at", call, *options)
    must(code == -signal.SIGKILL, f"the script was not killed at call {call}: {code} {said}")
    check = subprocess.run(
        [bench.path("log-faults"), "script-check", "--directory", str(directory),
         "--acknowledged", str(acknowledged), *map(str, options)], capture_output=True, text=True, timeout=100)
    is_cut = (directory / "quarantine").exists()
    shutil.rmtree(directory)
    return is_cut, f"call {call}: {check.stdout}{check.stderr}".strip() if check.stdout.strip() != "right" else None


def _killed_everywhere(bench, *options):
    """Kills a script at every call, two beside each other: how often, and what was wrong."""
    code, _, said = _script(bench, bench.folder / "script", *options)
    must(code == 0, f"the script ended with {code}: {said}")
    shutil.rmtree(bench.folder / "script")
    calls = int(re.search(r"calls (\d+)", said).group(1))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda call: _killed_at(bench, call, options), range(1, calls + 1)))
    return calls, sum(cut for cut, _ in found), [wrong for _, wrong in found if wrong]


def nothing_is_lost_by_a_kill_at_any_call(bench):
    points = cuts = 0
    for seed in range(1, 21 if DEEP else 2):
        calls, cut, wrong = _killed_everywhere(bench, "--seed", seed)
        must(not wrong, f"script {seed}: {len(wrong)} of {calls} kills, first {wrong[:1]}")
        points, cuts = points + calls, cuts + cut
    print(f"       {points} kills, {cuts} unfinished commits cut off, 0 lost, 0 phantom", flush=True)
    calls, _, wrong = _killed_everywhere(bench, "--turns", 6, "--bug", "acknowledgedEarly")
    must(wrong, f"{calls} kills did not show an acknowledgement before the write")
    print(f"       with acknowledgedEarly: {len(wrong)} of {calls} kills lost something", flush=True)


nothing_is_lost_by_a_kill_at_any_call.seconds = 8000 if DEEP else 400


def the_layer_that_kills_sees_every_call_that_strace_sees(bench):
    directory, record = bench.folder / "script", bench.folder / "strace"
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", str(record), "-e", "trace=" + CALLS, bench.path("log-faults"), "script",
         "--directory", str(directory), "--trace"], capture_output=True, text=True, timeout=100)
    must(done.returncode == 0, f"the script ended with {done.returncode}: {done.stderr}")
    counted = re.search(r"changes (.*)", done.stdout).group(1).split()
    lines = record.read_text().splitlines()
    begun = next(number for number, line in enumerate(lines) if f'mkdir("{directory}"' in line)
    seen = [re.match(r"(?:\d+ +)?(\w+)\(", line).group(1) for line in lines[begun:]]
    seen = [name for name in seen if name != "openat"]
    must(seen == counted, f"{len(seen)} calls were made, and {len(counted)} counted")
    print(f"       {len(seen)} calls that change something, the same in both", flush=True)
