#!/usr/bin/env python3
"""Runs the scenarios against the built programs, each in a folder of its own.

    run.py [--programs DIR] [--only TEXT] [--list]

A scenario is a function of one `bench` in `scenarios/` whose name is a sentence; what it raises is its failure. After
each one, everything the programs printed is searched for addresses, digests, tokens and signed URLs. DEEP=1 adds those
marked `deep`, which take minutes. A scenario that needs what is not here is skipped and counted; NO_SKIP=1 makes that a
failure.
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


def around(functions, is_whole):
    """The scenarios between what they rest on and what they leave behind, which only all of them do."""
    yield "run", "every answer can be held to its description", every_answer_can_be_held_to_its_description
    yield from functions
    if is_whole:
        yield "run", "every error of the catalogue was brought about", every_error_was_brought_about


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--programs", default=ROOT / ".build/release", help="the folder of the built programs")
    options.add_argument("--only", default="", help="only scenarios whose file or name holds this")
    options.add_argument("--list", action="store_true", help="print their names and end")
    given = options.parse_args()
    signal.signal(signal.SIGALRM, expired)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    passed = failed = skipped = 0
    chosen = (one for one in scenarios() if given.only in one[0] or given.only in one[1])
    for file, sentence, function in around(chosen, is_whole=not given.only):
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
    return 1 if failed or not (passed > 1 or skipped or given.list) else 0


if __name__ == "__main__":
    sys.exit(main())
