#!/usr/bin/env python3
"""Measures the built programs on a real file system, beside a C program that does the same writes, and its peers.

    make bench
    make bench BENCH='--write Benchmarks/README.md --json result.json'
    Benchmarks/bench.py --quick        about two minutes, to see that everything runs
    Benchmarks/bench.py --own          under a minute: no peers but the C program; fails where a figure is missing
    Benchmarks/bench.py --only large   growth to five times as many members, which takes longer

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

import growing  # noqa: E402
import listing  # noqa: E402
import machine  # noqa: E402
import measures  # noqa: E402
import result  # noqa: E402
import starting  # noqa: E402
import streaming  # noqa: E402
import table  # noqa: E402
from servers import PEERS, ROOT, Failure, Place, Redis  # noqa: E402


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
    options.add_argument("--only", default="", help=", ".join(Run.SHARES))
    options.add_argument("--large", action="store_true", help="also grow to five times as many members")
    options.add_argument("--idle-seconds", type=float, default=20.0, help="that an idle daemon is watched")
    options.add_argument("--quick", action="store_true", help="small sizes and one repetition")
    options.add_argument("--own", action="store_true", help="smaller still, no peers, and no wait for a quiet machine")
    options.add_argument("--json", help="a file for every figure of every repetition")
    options.add_argument("--write", help="a file whose table is replaced, such as Benchmarks/README.md")
    sizes = options.parse_args()
    if sizes.only not in ("", *Run.SHARES):
        options.error(f"--only is one of {', '.join(Run.SHARES)}")
    sizes.large = sizes.large or sizes.only == "large"
    if sizes.quick or sizes.own:
        sizes.repetitions, sizes.minutes, sizes.seconds, sizes.idle_seconds = 1, 2.0, 0.5, 3.0
        sizes.members, sizes.events, sizes.preload = 500_000, 50_000, 50_000
    if sizes.own:
        # So many that a snapshot is written at the stop.
        sizes.members, sizes.events, sizes.preload = 300_000, 20_000, 20_000
    return sizes


class Run:
    """Everything that was measured, and how long it may still take."""

    # The part of the time that has passed when a phase must begin its last repetition.
    SHARES = {
        "adds": 0.33, "growth": 0.47, "growing": 0.61, "starts": 0.78, "lists": 0.86, "streaming": 0.95, "commits": 0.96,
        "idle": 1.0, "large": 1.0}

    def __init__(self, place, sizes):
        self.place, self.sizes = place, sizes
        self.begin = time.monotonic()
        self.quiet = machine.Quiet(85.0, 5.0, 0 if sizes.own else sizes.minutes * 6)
        self.has_redis = Redis in place.peers
        self.sink = self.single = None
        self.found = {name: [] for name in (
            "adds", "growth", "limit", "empty", "growing", "redisGrowing", "redisEmpty", "large", "starts", "frames",
            "singles", "singlesStart", "redisStarts", "lists", "streaming", "commits", "idle")}

    def repeat(self, phase, body):
        """Calls `body` with the number of each repetition while the phase has time; always once."""
        if self.sizes.only not in ("", phase):
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

    def left(self, phase):
        """Half of the seconds that a phase still has, and never too few to measure anything."""
        if self.sizes.own:
            return 200.0  # a slow machine grows as far, too
        return max(20.0, (self.begin + self.sizes.minutes * 60 * self.SHARES[phase] - time.monotonic()) / 2)

    def adds(self, turn):
        self.found["adds"].append(measures.adds(self.place, self.sizes, self.quiet, turn))

    def growth(self, turn):
        # On a slow or busy machine the audience stays smaller, and the table says so.
        seconds = self.left("growth")
        for name, measure in (("limit", measures.growth_limit), ("growth", measures.growth)):
            self.found[name].append(measure(self.place, self.sizes, self.quiet, seconds))
        self.place.fresh("watched")

    def growing(self, turn):
        self.found["growing"].append(
            growing.growing(self.place, self.sizes.members, self.quiet, self.left("growing")))
        if self.has_redis:
            self.found["redisGrowing"].append(growing.redis_growing(self.place, self.members(), self.quiet))

    def large(self, turn):
        if turn == 0:
            self.found["large"].append(
                growing.growing(self.place, self.sizes.members, self.quiet, 3600, "large", is_large=True))
            self.place.fresh("large")

    def members(self):
        """How many are in the grown audience, which is made where no phase before did."""
        if not self.found["growing"]:
            self.growing(0)
        return self.found["growing"][-1]["members"]

    def starts(self, turn):
        members, place, quiet = self.members(), self.place, self.quiet
        if self.single is None:
            self.single = starting.single_events(place, self.sizes)
            if self.has_redis:
                self.found["redisEmpty"].append({"rss": starting.redis_empty(place)})
        found = self.found
        found["empty"].append(starting.empty(place, quiet))
        found["frames"].append(measures.replays(place, place.folder / "grown", quiet))
        found["singles"].append(measures.replays(place, self.single, quiet))

        def ours():
            found["starts"].append(starting.starts(place, members, quiet))
            found["singlesStart"].append(starting.singles_start(place, quiet))

        def theirs():
            if self.has_redis:
                found["redisStarts"].append(starting.redis_starts(place, members, self.sizes.events, quiet))
        for measure in (ours, theirs) if turn % 2 == 0 else (theirs, ours):
            measure()

    def lists(self, turn):
        self.found["lists"].append(listing.lists(self.place, self.members(), self.quiet, turn))

    def streaming(self, turn):
        if self.sink is None:
            if not (self.place.folder / "list-muster").exists():
                listing.muster_list(self.place, self.members(), self.quiet)
            self.sink = streaming.Sink(self.place)
        self.found["streaming"].append(streaming.streaming(self.place, self.sizes, self.sink, self.quiet, turn))

    def commits(self, turn):
        self.found["commits"].append(measures.commits(self.place, self.sizes, self.quiet))

    def idle(self, turn):
        if turn == 0 or self.sizes.only:
            self.found["idle"].append(starting.idle(self.place, self.quiet, self.sizes.idle_seconds))

    def all(self):
        for phase in self.SHARES:
            if phase != "large" or self.sizes.large:
                self.repeat(phase, getattr(self, phase))


def say(words):
    print(words, file=sys.stderr, flush=True)


def main():
    sizes = arguments()
    # So that a run that is told to end takes its servers and its files with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    programs = pathlib.Path(sizes.programs).resolve()
    for name in ("musterd", "muster", "log-pace"):
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
        if not sizes.own and not peer.is_there():
            say(f"{peer.name} is not installed, or its library is not: it is left out")
    # Where the figures of a repetition went is this machine's.
    words = [word for before, word in zip(sys.argv, sys.argv[1:]) if "--json" not in (before, word)]
    about = machine.description(parent, ROOT, shlex.join(["Benchmarks/bench.py", *words]))
    # The sockets lie apart: their paths have a short limit.
    with (tempfile.TemporaryDirectory(prefix="run-", dir=parent) as folder,
          tempfile.TemporaryDirectory(prefix="muster-bench-") as sockets):
        place = Place(programs, pathlib.Path(folder), pathlib.Path(sockets), with_peers=not sizes.own)
        run = Run(place, sizes)
        try:
            run.all()
        finally:
            place.close()
    text = result.rendered(run, about)
    print(text)
    if sizes.json:
        pathlib.Path(sizes.json).write_text(json.dumps(result.as_json(run, about), indent=1) + "\n")
    if sizes.own and not sizes.only and (missing := result.missing(run)):
        raise Failure(f"these figures are missing: {', '.join(missing)}")
    if sizes.write:
        table.insert(pathlib.Path(sizes.write), text)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"bench: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
