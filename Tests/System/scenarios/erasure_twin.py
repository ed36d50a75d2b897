"""A log from which people were erased tells the same as one that never knew them."""

import hashlib
import itertools
import json
import subprocess

from audience import digest
from programs import failure_of, must
from scenarios.erasure import GONE
from setting import AUDIENCE, people
from subjects import Subject

OTHERS = people(400, start=100)
STRANGER = "stranger@example.org"
# What any two logs differ in or is counted in bytes, and what an erasure's event says.
OF_THIS_LOG = {
    "logId", "chain", "chainHead", "at", "uptimeSeconds", "actor", "pid", "bytes", "longestStops", "room", "createdAt",
    "daysLeft", "offset", "startedAt", "newestEventAt"}
OF_ERASED = {"slots", "commits"}


class Twin:
    """One of two logs with the same commands, of which one is also told of people that are erased from it then."""

    def __init__(self, bench, name, told_of=()):
        self.bench, self.subject = bench, Subject(bench, bench.folder / name)
        self.subject.state.mkdir(mode=0o700)
        self.them = list(told_of)

    def live(self, names=lambda: {}, spared=0):
        """Adds, removes and adds again, them always beside others, in an audience of digests and one of addresses;
        then all but the first `spared` are erased, and a stranger with them, who was in both logs. `names` gives each
        command of members its id. Gives what was sent of these."""
        sent = []
        self.subject.must_start()
        with self.bench.client() as client:
            for name, kind in (("acme", "hashedEmail"), ("plain", "email")):
                self.tell(client, "instance.configure", {
                    **AUDIENCE, "instance": name, "audienceName": name, "piiType": kind})
                for method, who in (
                        ("member.add", self.them + OTHERS[:300]), ("member.remove", self.them[1:4] + OTHERS[:50]),
                        ("member.add", self.them[1:3] + OTHERS[10:40]), ("member.add", [STRANGER]),
                        ("member.add", OTHERS)):
                    sent.append((method, {"instance": name, "members": who}, names()))
                    self.tell(client, *sent[-1][:2], **sent[-1][2])
        self.end()
        self.log("erase", "--file", "-", feed="\n".join([*self.them[spared:], STRANGER]).encode())
        return sent

    @staticmethod
    def tell(client, method, params, **envelope):
        """Sends a command, without an id where none is given: the check of one is of all that was sent."""
        answer = client.exchange({"id": 1, "method": method, "params": params, **envelope})
        must("result" in answer, f"{method} is refused: {answer}")
        return answer

    def end(self):
        self.subject.terminate()
        must(self.subject.end(how=None) == 0, "the daemon did not end well")

    def log(self, verb, *arguments, **options):
        done = self.bench.muster("log", verb, *arguments, "--state-directory", str(self.subject.state), **options)
        return done.out

    def answers(self):
        """What every query answers."""
        self.subject.must_start()
        with self.bench.client() as client:
            told = {method: client.call(method)["result"] for method in ("hello", "ping", "status", "instance.list")}
            told["tail"] = [reply["result"] for reply in client.stream("log.tail", {"from": "start"})]
            for name in ("acme", "plain"):
                about = {"instance": name}
                for method in ("instance.show", "sync.plan", "sync.list"):
                    told[name, method] = client.call(method, about)["result"]
                told[name, "list"] = [reply["result"] for reply in client.stream("member.list", about)]
                told[name, "people"] = [
                    client.call("member.show", {**about, "member": one, "history": True})["result"]
                    for one in GONE + OTHERS[:60:7] + [STRANGER]]
        self.end()
        return told

    def readings(self):
        """What the tools tell of the log at its end and at every position before it, and the lists it then had."""
        # Not by the bench, which would search what it prints.
        dumped = subprocess.run(
            [self.bench.path("muster"), "log", "dump", "--json", "--identities", "--state-directory",
             str(self.subject.state)], capture_output=True, check=True, timeout=60)
        lines = [json.loads(line) for line in dumped.stdout.splitlines()]
        told = {"dump": lines, "verify": self.log("verify", expect=(0,)).splitlines()[:1]}
        path = self.bench.folder / "upload"
        for position in range(1, lines[-1]["position"] + 1):
            told["state", position] = json.loads(self.log("replay", "--to", str(position), "--json"))
        for name, position in itertools.product(("acme", "plain"), range(8, lines[-1]["position"])):
            self.log("replay", "--to", str(position), "--upload", name, "-o", str(path), "--force")
            told["list", name, position] = path.read_bytes()
        return told

    def snapshots(self):
        """The files of the snapshots: those of people without the log's id, the state's without its header and digests."""
        files = {path.name: path.read_bytes() for path in (self.subject.state / "snapshots").iterdir()}
        crowds = [data for data in files.values() if data.startswith(b"MusterId")]
        told = {name: data[:16] + data[32:] for name, data in files.items() if data in crowds}
        for name, data in files.items():
            if name not in told:
                state = data[128:-32]
                for crowd in crowds:
                    must(hashlib.sha256(crowd).digest() in state, "the state does not name its files by their digests")
                    state = state.replace(hashlib.sha256(crowd).digest(), b"")
                told[name] = state
        return told

    def all(self):
        return [_without_its_own(one) for one in (self.readings(), self.snapshots(), self.answers())]


def _without_its_own(value):
    """The same without what any two logs differ in."""
    if isinstance(value, dict):
        dropped = OF_THIS_LOG | (OF_ERASED if value.get("type") == "erased" else set())
        return {name: _without_its_own(one) for name, one in value.items() if name not in dropped}
    return [_without_its_own(one) for one in value] if isinstance(value, list) else value


def _differences(one, other, path=""):
    """Where two values differ, and in what."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for name in one:
            yield from _differences(one[name], other[name], f"{path}/{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other)):
            yield from _differences(*pair, f"{path}/{index}")
    elif one != other:
        yield f"{path}: {str(one)[:60]} and {str(other)[:60]}"


def _must_be_alike(one, other):
    found = list(_differences(one, other))
    must(not found, f"{len(found)} differences: {'; '.join(found[:5])}")


def erased_and_never_added_are_alike_in_every_answer_and_file(bench):
    bench.people = {digest(one) for one in [*GONE, *OTHERS, STRANGER]}
    erased, never, left = Twin(bench, "erased", GONE), Twin(bench, "never"), Twin(bench, "left", GONE)
    erased.live()
    never.live()
    left.live(spared=1)
    as_never = never.all()
    must(len(as_never[0]["dump"]) == 13 and len(as_never[1]) == 3, "something else is compared")
    _must_be_alike(erased.all(), as_never)
    for index, (part, one) in enumerate(zip(("readings", "snapshots", "answers"), left.all())):
        noticed = failure_of(lambda one=one, other=as_never[index]: _must_be_alike(one, other))
        must(noticed, f"one who was spared is in none of the {part}")
        print(f"       one is spared: {part} red, {noticed.partition(':')[0]}", flush=True)


def a_retry_after_an_erasure_is_answered_as_if_they_had_never_been_named(bench):
    bench.people = {digest(one) for one in [*GONE, *OTHERS, STRANGER]}
    told = []
    for twin in (Twin(bench, "erased", GONE), Twin(bench, "never")):
        numbers = itertools.count()
        sent = twin.live(lambda numbers=numbers: {"commandId": f"command-{next(numbers)}"})
        twin.subject.must_start()
        with bench.client() as client:
            again = [twin.tell(client, method, params, **envelope) for method, params, envelope in sent]
        twin.end()
        must(all(one["replayed"] for one in again), "a retry is taken for a new command")
        told.append(_without_its_own(again))
    _must_be_alike(*told)
