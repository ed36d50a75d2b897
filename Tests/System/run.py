#!/usr/bin/env python3
"""Runs the scenarios against the built programs, each in a folder of its own.

    run.py [--programs DIR] [--only TEXT] [--list]

A scenario is a function of one `bench` in `scenarios/` whose name is a sentence; what it raises is its failure. After
each one, everything the programs printed is searched for addresses, digests, tokens and signed URLs. DEEP=1 adds those
marked `deep`, which take minutes. A scenario that needs what is not here is skipped and counted; NO_SKIP=1 makes that a
failure. Those marked `waits`, or all of a file that says `WAITS`, leave the processor to others and run beside them.
"""

import argparse
import importlib
import inspect
import json
import os
import pathlib
import signal
import sys
import tempfile
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from programs import ROOT, Bench, Failure, Skipped  # noqa: E402  (it says where the published client is)
from described import BY_UNIT_TESTS, DESCRIBED  # noqa: E402

SECONDS = 120


def scenarios():
    """Every scenario: module, sentence, function."""
    for path in sorted((HERE / "scenarios").glob("*.py")):
        module = importlib.import_module(f"scenarios.{path.stem}")
        for name, value in list(vars(module).items()):
            own = inspect.isfunction(value) and value.__module__ == module.__name__
            if own and name[0] != "_" and list(inspect.signature(value).parameters) == ["bench"]:
                yield path.stem, name.replace("_", " "), value


def expired(*_):
    raise Failure("it took too long")


def run(function, programs):
    """The failure of one scenario, or None."""
    signal.alarm(getattr(function, "seconds", SECONDS))
    bench = Bench(programs)
    try:
        with bench:
            function(bench)
            if DESCRIBED.wrong:
                raise Failure("; ".join(DESCRIBED.wrong[:3]))
            leaks = list(bench.leaks(getattr(bench, "people", ())))
            if leaks:
                raise Failure("; ".join(leaks))
    except Skipped:
        if os.environ.get("NO_SKIP"):
            return traceback.format_exc(limit=0)
        raise
    except Failure as failure:
        return "\n".join([str(failure), *bench.last_words])
    except Exception:  # a scenario may break in any way; the next one still runs
        return "\n".join([traceback.format_exc(limit=-3), *bench.last_words])
    finally:
        signal.alarm(0)
        DESCRIBED.wrong.clear()
    return None


def every_answer_can_be_held_to_its_description(bench):
    """Asks a daemon for it, before anything else."""
    bench.credential()
    bench.daemon()
    with bench.client() as client:
        DESCRIBED.learn(client.call("describe", {"all": True})["result"])


def every_error_was_brought_about(_):
    """By a scenario, or in a unit test that names it."""
    if DESCRIBED.unseen():
        raise Failure(f"no scenario brings about {', '.join(DESCRIBED.unseen())}")
    for name, path in BY_UNIT_TESTS.items():
        if name not in DESCRIBED.errors or f'"{name}"' not in (ROOT / path).read_text():
            raise Failure(f"{path} does not bring about {name}")


def waits(function):
    """Whether the scenario, or every one of its file, mostly waits."""
    return getattr(function, "waits", getattr(sys.modules[function.__module__], "WAITS", False))


class Tally:
    """How the scenarios of one lane ended; each is told as it ends."""

    def __init__(self, programs):
        self.programs = programs
        self.passed = self.skipped = 0
        self.failures = []

    def run(self, sentence, function):
        begun = time.monotonic()
        try:
            failure = run(function, self.programs)
        except Skipped as reason:
            self.skipped += 1
            print(f"skip   {sentence}: {reason}", flush=True)
            return
        word = "ok    " if failure is None else "FAILED"
        print(f"{word} {sentence} ({time.monotonic() - begun:.1f} s)", flush=True)
        if failure is None:
            self.passed += 1
        else:
            self.fail(f"{sentence} ({time.monotonic() - begun:.1f} s)", failure)

    def fail(self, sentence, failure):
        """Tells it now and keeps it for the end, where it is found without the whole output."""
        print("       " + failure.strip().replace("\n", "\n       "), flush=True)
        self.failures.append(f"{sentence}: {failure.strip()}"[:600])

    def counts(self):
        return [self.passed, self.skipped, self.failures]


class Lane:
    """A process of its own for scenarios that mostly wait; what it says is told when it has ended."""

    def __init__(self, programs, chosen):
        self.said, self.told = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            os.dup2(self.said.fileno(), 1)
            tally, status = Tally(programs), 1
            try:
                for _, sentence, function in chosen:
                    tally.run(sentence, function)
                self.told.write(json.dumps([tally.counts(), sorted(DESCRIBED.seen)]).encode())
                status = 0
            except Exception:
                print(traceback.format_exc(), flush=True)
            finally:
                self.told.flush()
                sys.stdout.flush()
                os._exit(status)

    def join(self, tally):
        """Waits for its end, and adds what it counted and saw."""
        _, status = os.waitpid(self.pid, 0)
        self.pid = None
        for file in (self.said, self.told):
            file.seek(0)
        sys.stdout.write(self.said.read().decode(errors="replace"))
        if status:
            return tally.fail("the scenarios beside the others", f"they ended with {status}")
        (passed, skipped, failures), seen = json.loads(self.told.read())
        tally.passed, tally.skipped = tally.passed + passed, tally.skipped + skipped
        tally.failures += failures
        DESCRIBED.seen.update(seen)

    def end(self):
        """Ends it where it still runs, in good order: what it started goes with it."""
        if self.pid:
            os.kill(self.pid, signal.SIGTERM)
            os.waitpid(self.pid, 0)


def run_all(chosen, programs, is_whole):
    """Runs the scenarios, those that mostly wait beside the others; gives what was counted."""
    tally = Tally(programs)
    tally.run("every answer can be held to its description", every_answer_can_be_held_to_its_description)
    waiting = [one for one in chosen if waits(one[2])]
    busy = [one for one in chosen if one not in waiting]
    lane = Lane(programs, waiting) if waiting and busy else None
    try:
        for _, sentence, function in busy or waiting:
            tally.run(sentence, function)
        if lane:
            lane.join(tally)
    finally:
        if lane:
            lane.end()
    if is_whole:
        tally.run("every error of the catalogue was brought about", every_error_was_brought_about)
    return tally.counts()


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--programs", default=ROOT / ".build/release", help="the folder of the built programs")
    options.add_argument("--only", default="", help="only scenarios whose file or name holds this")
    options.add_argument("--list", action="store_true", help="print their names and end")
    given = options.parse_args()
    signal.signal(signal.SIGALRM, expired)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    is_deep = bool(os.environ.get("DEEP"))
    chosen = [
        one for one in scenarios()
        if (given.only in one[0] or given.only in one[1]) and (is_deep or not getattr(one[2], "deep", False))]
    if given.list:
        for file, sentence, _ in chosen:
            print(f"{file}: {sentence}")
        return 0
    passed, skipped, failures = run_all(chosen, given.programs, is_whole=not given.only)
    for failure in failures:
        print(f"FAILED {failure}")
    print(f"{passed} passed, {len(failures)} failed, {skipped} skipped")
    return 1 if failures or not (passed > 1 or skipped) else 0


if __name__ == "__main__":
    sys.exit(main())
