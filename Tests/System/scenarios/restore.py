"""A state directory that was copied, and one that was put back from a copy."""

import contextlib
import hashlib
import json
import re
import shutil
import subprocess
import threading

from audience import digest, rows
from programs import Failure, MusterError, must, wait_for
from scenarios.credentials import ended
from scenarios.damage import _refused_start as refused_start
from scenarios.log_reader import _export as export, _read as read
from setting import Wire, configured, fill, people

# So much that segments end and begin while they are copied.
COPIES, WINDOW, EACH = 10, 64, 40


def _copy(source, target, expect=(0,)):
    done = subprocess.run(["cp", "-a", str(source), str(target)], capture_output=True, text=True)
    must(done.returncode in expect, f"cp ended with {done.returncode}: {done.stderr}")


def _log(bench, verb, *arguments, expect=(0,)):
    return bench.muster("log", verb, *arguments, "--state-directory", str(bench.state), expect=expect)


def _hello(bench):
    with bench.client() as client:
        return client.call("hello")["result"]


def _members(number):
    return [f"member{number}.{index}@example.org" for index in range(EACH)]


class Load(threading.Thread):
    """Adds members on one connection, many commands under way at once, until it is told to end."""

    def __init__(self, path):
        super().__init__()
        self.path, self.acknowledged, self.sent = path, [], 0
        self.ending, self.failure = threading.Event(), None

    def run(self):
        try:
            with Wire(self.path) as wire:
                under_way = 0
                while under_way or not self.ending.is_set():
                    while under_way < WINDOW and not self.ending.is_set():
                        self.sent, under_way = self.sent + 1, under_way + 1
                        wire.ask({
                            "id": self.sent, "method": "member.add",
                            "params": {"instance": "acme", "members": _members(self.sent)}})
                    reply = wire.reply()
                    must(reply and reply.get("result", {}).get("added") == EACH, f"a strange answer: {reply}")
                    self.acknowledged.append(reply["id"])
                    under_way -= 1
        except (Failure, OSError) as failure:
            self.failure = failure

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.join()


def a_copy_of_a_running_daemons_directory_holds_all_that_was_acknowledged_before_it(bench):
    bench.credential()
    daemon = bench.daemon()
    configured(bench)
    copies = []
    with Load(bench.socket) as load:
        for number in range(COPIES):
            wait_for(lambda: load.failure or len(load.acknowledged) > 500 * (number + 1), "the load goes on")
            before, target = len(load.acknowledged), bench.folder / f"copy{number}"
            # Files that the daemon renames or removes meanwhile are not there any more when cp comes to them.
            _copy(bench.state, target, expect=(0, 1))
            copies.append((target, load.acknowledged[:before]))
    must(load.failure is None, f"the load failed: {load.failure}")
    must(daemon.stop() == 0, "the daemon did not end well")
    rows_of = {number: {rows({digest(one)}) for one in _members(number)} for number in range(1, load.sent + 1)}
    known = set().union(*rows_of.values())
    ids = {_hello_offline(bench)}
    for bench.state, acknowledged in copies:
        _adopt_whatever_was_copied(bench)
        _log(bench, "verify")
        listed = bench.folder / "list"
        _log(bench, "replay", "--upload", "acme", "-o", str(listed), "--force")
        held = set(listed.read_bytes().splitlines(keepends=True))
        needed = set().union(*(rows_of[number] for number in acknowledged))
        must(needed <= held, f"{len(needed - held)} of {len(needed)} acknowledged members are gone")
        must(held <= known, "there are members that nobody sent")
        daemon = bench.daemon()
        with bench.client() as client:
            status = client.call("status")["result"]
        must(status["members"] == len(held), f"{status['members']} members instead of {len(held)}")
        ids.add(status["logId"])
        must(daemon.stop() == 0, "the daemon did not end well")
    must(len(ids) == COPIES + 1, f"only {len(ids)} ids of {COPIES} copies and the log itself")


a_copy_of_a_running_daemons_directory_holds_all_that_was_acknowledged_before_it.seconds = 300


def _hello_offline(bench):
    return json.loads(_log(bench, "replay", "--json").out)["logId"]


def _adopt_whatever_was_copied(bench):
    """As the documents say: where there is a hole, the log is cut there first."""
    done = _log(bench, "adopt", "--yes", expect=(0, 10))
    if done.code == 10:
        place = re.search(r"--truncate-at (\d+:\d+)", done.err)
        must(place, f"it does not say where to cut: {done.err}")
        _log(bench, "repair", "--truncate-at", place.group(1), "--yes")
        _log(bench, "adopt", "--yes")


def an_older_log_under_a_newer_mark_is_refused_until_it_is_adopted(bench):
    bench.credential()
    daemon = bench.daemon()
    configured(bench)
    fill(bench, 50)
    must(daemon.stop() == 0, "the daemon did not end well")
    _copy(bench.state, bench.folder / "old")
    daemon = bench.daemon()
    fill(bench, 90)
    last = _hello(bench)["position"]
    must(daemon.stop() == 0, "the daemon did not end well")
    shutil.rmtree(bench.state / "log")
    _copy(bench.folder / "old" / "log", bench.state / "log")
    _copy(bench.folder / "old" / "MANIFEST", bench.state / "MANIFEST")
    code, text = refused_start(bench)
    must(code == 65 and "muster log adopt" in text, f"the daemon ended with {code}: {text}")
    said = json.loads(_log(bench, "adopt", "--json", expect=(2,)).out)
    must((said["adopted"], said["durable"]) == (False, last), f"it says {said}")
    must(said["knownLost"] == last - said["position"] > 0, f"it says {said}")
    must(refused_start(bench)[0] == 65, "without --yes something was changed")
    _log(bench, "adopt", "--yes")
    must((bench.state / "quarantine" / "MARK").exists(), "MARK is gone")
    _log(bench, "verify")
    bench.daemon()
    adopted = [json.loads(line) for line in _log(bench, "dump", "--type", "logAdopted", "--json").out.splitlines()]
    must([(one["durable"], one["logId"]) for one in adopted] == [(last, _hello(bench)["logId"])], f"{adopted}")
    must(adopted[0]["actor"]["pid"] > 0, "nobody adopted it")
    must(read(bench) == export(bench), "another reader finds other events")


def _refused(bench, method, **envelope):
    with bench.client() as client, contextlib.suppress(MusterError):
        client.call(method, **envelope)
        return False
    return True


def _hanging(bench):
    return json.loads(bench.inspect())["faults"][1]["used"]


def a_directory_put_back_whole_is_noticed_by_clients_and_runs_once_it_is_adopted(bench):
    """P-POSITION-3"""
    bench.sandbox("--fault", "PUT /upload 1 pass", "--fault", "PUT /upload 2 hang")
    daemon = bench.daemon()
    configured(bench)
    fill(bench, 100)
    bench.muster("sync", "now", "acme", "--wait")
    with bench.client() as client:
        hanging = client.call("sync.now", {"instance": "acme", "again": True})["result"]["run"]
    wait_for(lambda: _hanging(bench) == 1, "the upload hangs")
    _copy(bench.state, bench.folder / "copy")
    with bench.client() as client:
        for number in range(40):  # more than the run adds that goes on below
            client.call("member.add", {"instance": "acme", "member": f"late{number}@example.org"})
    known = _hello(bench)
    must(daemon.stop() == 0, "the daemon did not end well")
    shutil.rmtree(bench.state)
    _copy(bench.folder / "copy", bench.state)

    daemon = bench.daemon()
    wait_for(lambda: _hanging(bench) == 2, "the run goes on")
    must(_refused(bench, "ping", minPosition=known["position"]), "a client that knew more is not told")
    must(_hello(bench)["logId"] == known["logId"], "the id changed before the log was adopted")
    must(daemon.stop() == 0, "the daemon did not end well")
    _log(bench, "adopt", expect=(2,))
    said = json.loads(_log(bench, "adopt", "--yes", "--json").out)
    must([one["run"] for one in said["failedRuns"]] == [hanging], f"it says {said}")
    must(said["heldInstances"] == ["acme"], f"it says {said}")

    bench.daemon()
    must(_hello(bench)["logId"] == said["logId"] != known["logId"], "the id is the old one")
    run = ended(bench, hanging)
    must((run["state"], run["class"]) == ("failed", "stale"), f"the run {run['state']}, {run['class']}")
    bench.muster("sync", "now", "acme", "--wait", "--again", expect=(6,))
    with bench.client() as client:
        held = client.call("sync.list", {"instance": "acme"})["result"]["runs"][0]
        plan = client.call("sync.plan", {"instance": "acme"})["result"]
    must((held["state"], held["reason"]) == ("held", "restored"), f"the run is {held['state']}, {held['reason']}")
    must(plan["stop"]["reason"] == "restored" and plan["stop"]["remedy"], f"the plan says {plan['stop']}")
    bench.muster(
        "sync", "approve", "acme", "--run", str(held["run"]), "--expect-count", "100", "--again", "--wait")
    segment, = json.loads(bench.inspect())["segments"]
    sent = rows({digest(one) for one in people(100)})
    must(segment["drops"][-1]["sha256"] == hashlib.sha256(sent).hexdigest(), "another list was sent")
    bench.muster("sync", "now", "acme", "--again", "--wait")


a_directory_put_back_whole_is_noticed_by_clients_and_runs_once_it_is_adopted.waits = True
