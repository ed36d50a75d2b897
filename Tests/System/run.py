#!/usr/bin/env python3
"""Runs the scenarios against the built programs, each in a folder of its own.

    run.py [--programs DIR] [--only TEXT] [--list]

A scenario is a function of one `bench` in `scenarios/` whose name is a sentence; what it raises is its failure. After
each one, everything the programs printed is searched for addresses, digests, tokens and signed URLs. DEEP=1 adds those
marked `deep`, which take minutes.
"""

import argparse
import importlib
import inspect
import os
import pathlib
import signal
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from programs import ROOT, Bench, Failure, Skipped  # noqa: E402

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
            leaks = list(bench.leaks(getattr(bench, "people", ())))
            if leaks:
                raise Failure("; ".join(leaks))
    except Skipped:
        raise
    except Failure as failure:
        return "\n".join([str(failure), *bench.last_words])
    except Exception:  # a scenario may break in any way; the next one still runs
        return "\n".join([traceback.format_exc(limit=-3), *bench.last_words])
    finally:
        signal.alarm(0)
    return None


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--programs", default=ROOT / ".build/release", help="the folder of the built programs")
    options.add_argument("--only", default="", help="only scenarios whose file or name holds this")
    options.add_argument("--list", action="store_true", help="print their names and end")
    given = options.parse_args()
    signal.signal(signal.SIGALRM, expired)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    passed = failed = skipped = 0
    for file, sentence, function in scenarios():
        if given.only not in file and given.only not in sentence:
            continue
        if getattr(function, "deep", False) and not os.environ.get("DEEP"):
            continue
        if given.list:
            print(f"{file}: {sentence}")
            continue
        begun = time.monotonic()
        try:
            failure = run(function, given.programs)
        except Skipped as reason:
            skipped += 1
            print(f"skip   {sentence}: {reason}", flush=True)
            continue
        passed, failed = passed + (failure is None), failed + (failure is not None)
        word = "ok    " if failure is None else "FAILED"
        print(f"{word} {sentence} ({time.monotonic() - begun:.1f} s)", flush=True)
        if failure:
            print("       " + failure.strip().replace("\n", "\n       "), flush=True)
    if not given.list:
        print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not (passed or given.list) else 0


if __name__ == "__main__":
    sys.exit(main())
