#!/usr/bin/env python3
"""Measures the built programs on a real file system, beside a C program that does the same writes, and its peers.

    make bench
    make bench BENCH='--write Benchmarks/README.md --json result.json'
    Benchmarks/bench.py --quick        about a minute, to see that everything runs

The machine must be quiet: every repetition waits until it is 85 % idle, and the result says how often it was not.
"""

import argparse
import json
import os
import pathlib
import shlex
import signal
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import machine  # noqa: E402
import measures  # noqa: E402
import table  # noqa: E402
from servers import PEERS, ROOT, Failure, Place  # noqa: E402


def arguments():
    options = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    options.add_argument("--programs", default=ROOT / ".build/release", help="the folder of the built programs")
    options.add_argument("--directory", default=ROOT / ".build/bench", help="where the files go; no tmpfs")
    options.add_argument("--repetitions", type=int, default=5, help="at most; a phase out of time does fewer")
    options.add_argument("--seconds", type=float, default=3.0, help="of each workload")
    options.add_argument("--members", type=int, default=10_000_000, help="of the audience that grows")
    options.add_argument("--events", type=int, default=1_000_000, help="of the log of single commands")
    options.add_argument("--preload", type=int, default=1_000_000, help="members that are in before adds are timed")
    options.add_argument("--audiences", type=int, default=20, help="that the adds are spread over")
    options.add_argument("--growth-depth", type=int, default=1, help="frames in flight while the audience grows")
    options.add_argument("--minutes", type=float, default=14.0, help="that all of it may take, about")
    options.add_argument("--only", default="", help="adds, growth or starts")
    options.add_argument("--quick", action="store_true", help="small sizes and one repetition")
    options.add_argument("--json", help="a file for every figure of every repetition")
    options.add_argument("--write", help="a file whose table is replaced, such as Benchmarks/README.md")
    sizes = options.parse_args()
    if sizes.quick:
        sizes.repetitions, sizes.seconds, sizes.members = 1, 0.5, 500_000
        sizes.events, sizes.preload, sizes.minutes = 50_000, 50_000, 2.0
    return sizes


class Run:
    """Everything that was measured, and how long it may still take."""

    # The part of the time that has passed when a phase must begin its last repetition.
    SHARES = {"adds": 0.45, "growth": 0.7, "starts": 1.0}

    def __init__(self, place, sizes):
        self.place, self.sizes = place, sizes
        self.begin = time.monotonic()
        self.quiet = machine.Quiet(85.0, 5.0, sizes.minutes * 6)
        self.found = {"adds": [], "growth": [], "limit": [], "empty": [], "starts": [], "frames": [], "singles": []}

    def repeat(self, phase, body):
        """Calls `body` with the number of each repetition while the phase has time; always once."""
        if self.sizes.only not in phase:
            return
        longest = 0.0
        limit = self.begin + self.sizes.minutes * 60 * self.SHARES[phase]
        for turn in range(self.sizes.repetitions):
            start = time.monotonic()
            if turn > 0 and start + longest > limit:
                return say(f"{phase}: {turn} repetitions, for want of time")
            body(turn)
            longest = max(longest, time.monotonic() - start)
            say(f"{phase}: repetition {turn + 1} took {time.monotonic() - start:.0f} s")

    def adds(self, turn):
        self.found["adds"].append(measures.adds(self.place, self.sizes, self.quiet, turn))

    def growth(self, turn):
        self.found["empty"].append(measures.empty(self.place, self.quiet))
        # On a slow or busy machine the audience stays smaller, and the table says so.
        left = self.begin + self.sizes.minutes * 60 * self.SHARES["growth"] - time.monotonic()
        seconds = max(20.0, left / 2)
        for name, measure in (("limit", measures.growth_limit), ("growth", measures.growth)):
            self.found[name].append(measure(self.place, self.sizes, self.quiet, seconds))

    def starts(self, turn):
        grown = self.place.folder / "grown"
        if turn == 0:
            if not grown.exists():
                self.growth(turn)
            self.single = measures.single_events(self.place, self.sizes)
        self.found["frames"].append(measures.replays(self.place, grown, self.quiet))
        self.found["singles"].append(measures.replays(self.place, self.single, self.quiet))
        self.found["starts"].append(
            measures.starts(self.place, self.found["growth"][-1]["members"], self.quiet))

    def all(self):
        for phase in self.SHARES:
            self.repeat(phase, getattr(self, phase))


def rendered(run, about):
    """All tables, under the machine and the command they belong to."""
    found, sizes, quiet = run.found, run.sizes, run.quiet
    minutes = (time.monotonic() - run.begin) / 60
    about_machine = (
        f"{about['processor']}, {about['cores']} cores, {about['memoryGiB']} GiB; Linux {about['kernel']}; "
        f"{about['fileSystem']}.")
    noise = (
        "The machine was quiet before every repetition." if quiet.noisy == 0 else
        f"**Noisy: before {quiet.noisy} of {quiet.repetitions} repetitions the machine was not 85 % idle. These "
        "figures do not count.**")
    parts = [
        f"{about['date']}, commit {about['commit']}. {about_machine} "
        f"Peers: {', '.join(about['peers']) or 'none installed'}.\n\n"
        f"    {about['command']}\n\nIt took {minutes:.1f} minutes. {noise}"]
    if found["adds"]:
        parts.append(
            f"Adds to {sizes.audiences} audiences, repetitions: {len(found['adds'])}, medians [least to greatest]:\n\n"
            + table.adds(found["adds"]))
        if beside := table.databases(found["adds"]):
            parts.append("The same by databases, with a transaction a command:\n\n" + beside)
    if found["growth"]:
        parts.append(
            f"{table.reached(found):,} members in one audience, frames of 1,000, {sizes.growth_depth} in flight, "
            f"repetitions: {len(found['growth'])}. The rule: never more than 20 ms.\n\n"
            + table.pauses(found["growth"], found["limit"]))
        parts.append(
            f"{table.reached(found):,} members in one audience; {sizes.events:,} single commands:\n\n"
            + table.others(found, sizes.events))
    return "\n\n".join(parts)


def as_json(run, about):
    found = dict(run.found)
    found["adds"] = [
        [{"work": work, "server": name, **value} for (work, name), value in one.items()] for one in found["adds"]]
    sizes = {name: value for name, value in vars(run.sizes).items() if isinstance(value, (int, float))}
    return {"about": about, "sizes": sizes, "noisy": run.quiet.noisy, "waits": run.quiet.repetitions, **found}


def say(words):
    print(words, file=sys.stderr, flush=True)


def main():
    sizes = arguments()
    # So that a run that is told to end takes its servers and its files with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    programs = pathlib.Path(sizes.programs).resolve()
    for name in ("musterd", "muster"):
        if not os.access(programs / name, os.X_OK):
            raise Failure(f"{programs / name} is not built: make build")
    if sizes.write and not table.has_place(pathlib.Path(sizes.write)):
        raise Failure(f"{sizes.write} lacks the two lines between which the table goes")
    parent = pathlib.Path(sizes.directory).resolve()
    parent.mkdir(parents=True, exist_ok=True)
    kind, _ = machine.file_system(parent)
    if kind in machine.MEMORY_FILE_SYSTEMS:
        raise Failure(f"{parent} is on {kind}, where nothing is ever synced; give --directory on a disk")
    for peer in PEERS:
        if not peer.is_there():
            say(f"{peer.name} is not installed, or its library is not: it is left out")
    # Where the figures of a repetition went is this machine's.
    words = [word for before, word in zip(sys.argv, sys.argv[1:]) if "--json" not in (before, word)]
    about = machine.description(parent, ROOT, shlex.join(["Benchmarks/bench.py", *words]))
    # The sockets lie apart: their paths have a short limit.
    with (tempfile.TemporaryDirectory(prefix="run-", dir=parent) as folder,
          tempfile.TemporaryDirectory(prefix="muster-bench-") as sockets):
        place = Place(programs, pathlib.Path(folder), pathlib.Path(sockets))
        run = Run(place, sizes)
        try:
            run.all()
        finally:
            place.close()
    text = rendered(run, about)
    print(text)
    if sizes.json:
        pathlib.Path(sizes.json).write_text(json.dumps(as_json(run, about), indent=1) + "\n")
    if sizes.write:
        table.insert(pathlib.Path(sizes.write), text)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"bench: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
