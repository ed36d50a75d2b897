"""An erasure that is killed has not begun, or is finished by whoever opens the log next."""

import json
import os
import shutil
import subprocess

from audience import digest
from programs import failure_of, must
from scenarios.erasure import GONE, _lived, _log, _naming
from script import calls
from subjects import Subject, planted


class Erasing:
    """A state directory that names somebody, of which each life takes a copy and erases with one fault."""

    def __init__(self, bench):
        self.bench = bench
        self.crowd, _ = _lived(bench)
        bench.people = self.crowd
        self.origin = bench.folder / "origin"
        shutil.move(bench.state, self.origin)
        self.before = None

    def renew(self):
        shutil.rmtree(self.bench.state, ignore_errors=True)
        shutil.copytree(self.origin, self.bench.state)

    def erase(self, **faults):
        """The exit status of one erasure with faults planted."""
        self.renew()
        done = subprocess.run(
            [self.bench.path("muster"), "log", "erase", "-", "--suppress", "--state-directory", str(self.bench.state)],
            input=GONE[0].encode(), capture_output=True, timeout=60,
            env={**os.environ, **planted(self.bench, self.bench.state, **faults)})
        self.bench.said.append(("muster log erase", (done.stdout + done.stderr).decode()))
        return done.returncode

    def calls(self):
        record = self.bench.folder / "calls"
        must(self.erase(log=record) == 0, "the erasure without faults did not end well")
        self.judge("the erasure without faults", is_erased=True)
        return calls(record)

    def told(self):
        """What the log says apart from positions, and how many people it keeps out."""
        told = json.loads(_log(self.bench, "replay", "--json").out)
        return {one["instance"]: one["members"] for one in told["instances"]}

    def judge(self, what, is_erased=None):
        """Finds nobody named anywhere, or everything as it was."""
        _log(self.bench, "verify")
        named, erasures = _naming(self.bench, GONE[:1]), json.loads(_log(self.bench, "erasures", "--json").out)["erasures"]
        members = self.told()
        if self.before is None:
            self.before = {name: count + 1 for name, count in members.items()}
        gone = 1 if erasures else 0
        must(len(erasures) == gone, f"{what}: {len(erasures)} erasures are recorded")
        must(is_erased is None or gone == is_erased, f"{what}: it says that {gone} were erased")
        must(bool(named) != bool(gone), f"{what}: {gone} erased, and named in {named}")
        must(members == {name: count - gone for name, count in self.before.items()}, f"{what}: it has {members}")


def an_erasure_killed_at_any_file_call_is_whole_or_has_not_begun(bench):
    erasing = Erasing(bench)
    points = erasing.calls()
    must(len(points) > 60, f"an erasure has {len(points)} calls")
    begun = 0
    for number, (name, path) in enumerate(points, 1):
        for how in ("kill", "torn") if name.startswith("pwrite") else ("kill",):
            what = f"{how} at call {number}, {name} of {path}"
            code = erasing.erase(at=number, do=how)
            must(code == -9, f"{what}: the erasure ended with {code}")
            is_begun = (bench.state / "ERASURE").exists()
            begun += is_begun
            _log(bench, "erase", "--resume")
            must(not (bench.state / "ERASURE").exists(), f"{what}: it is not finished")
            erasing.judge(what, is_erased=is_begun or None)
    must(begun > 20, f"only {begun} kills hit an erasure that had begun")
    print(f"       {len(points)} calls, {begun} kills of an erasure that had begun, 0 wrong", flush=True)


def a_daemon_finishes_an_erasure_that_was_killed(bench):
    erasing = Erasing(bench)
    renames = [number for number, (name, path) in enumerate(erasing.calls(), 1)
               if name.startswith("rename") and (path.startswith("log/") or path.startswith("ERASURE"))]
    for number in renames:
        must(erasing.erase(at=number + 1, do="kill") == -9, "it was not killed")
        subject = Subject(bench)
        subject.must_start()
        with bench.client() as client:
            shown = client.call("member.show", {"instance": "acme", "member": GONE[0], "history": True})["result"]
        must((shown["member"], shown["history"]) == (False, []), f"after call {number} somebody is known: {shown}")
        subject.terminate()
        must(subject.end(how=None) == 0, "the daemon did not end well")
        must(_naming(bench, GONE[:1]) == [], f"after call {number} named in {_naming(bench, GONE[:1])}")
        must(digest(GONE[1]) in erasing.crowd and _naming(bench, GONE[1:2]), "somebody else is gone too")


def an_erasure_that_nobody_finishes_is_noticed(bench):
    erasing = Erasing(bench)
    points = erasing.calls()
    number = next(number for number, (name, path) in enumerate(points, 1) if name == "openat" and path == "ERASURE.seg")
    must(erasing.erase(at=number, do="kill") == -9, "it was not killed")
    must(failure_of(lambda: erasing.judge("left", is_erased=True)), "the harness did not notice")
    print(f"       left at call {number}: red", flush=True)


for _scenario in (an_erasure_killed_at_any_file_call_is_whole_or_has_not_begun,):
    _scenario.seconds = 600
