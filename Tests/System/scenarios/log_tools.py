"""The log's verbs on a state directory: beside a running daemon, at any moment, on a damaged log, and their cut."""

import hashlib
import json
import os
import signal
import subprocess

from audience import digest, rows
from programs import must
from setting import configured, fill, people


def _log(bench, verb, *arguments, expect=(0,)):
    return bench.muster("log", verb, *arguments, "--state-directory", str(bench.state), expect=expect)


def _json(bench, verb, *arguments, **options):
    return json.loads(_log(bench, verb, *arguments, "--json", **options).out)


def _status(bench):
    with bench.client() as client:
        return client.call("status", {"stateHash": True})["result"]


def _list(bench, *arguments, name="list"):
    path = bench.folder / name
    _log(bench, "replay", "--upload", "acme", "-o", str(path), *arguments)
    must(path.stat().st_mode & 0o777 == 0o600, "others may read the list")
    return path.read_bytes()


def the_state_and_the_list_of_any_moment_are_those_of_that_moment(bench):
    bench.sandbox()
    bench.daemon()
    configured(bench)
    moments = []
    for number in range(1, 6):
        fill(bench, number * 20)
        with bench.client() as client:
            client.call("member.remove", {"instance": "acme", "members": people(5, number * 3)})
        moments.append((_status(bench), number))
    bench.muster("sync", "now", "acme", "--wait")
    crowd = set()
    for status, number in moments:
        replayed = _json(bench, "replay", "--hash", "--to", str(status["position"]))
        must(replayed["stateHash"] == status["stateHash"], f"the state at {status['position']} was another")
        crowd = (crowd | set(people(number * 20))) - set(people(5, number * 3))
        sent = _list(bench, "--to", str(status["position"]), name=f"list{number}")
        must(sent == rows({digest(one) for one in crowd}), f"the list at {status['position']} was another")
    frozen = [json.loads(line) for line in _log(bench, "dump", "--type", "syncFrozen", "--json").out.splitlines()][-1]
    sent = _list(bench, "--to", str(frozen["frozenAt"]), name="sent")
    must(hashlib.sha256(sent).hexdigest() == frozen["digest"], "the list of the run is another")
    first, last = moments[0][0]["position"], moments[-1][0]["position"]
    difference, = _json(bench, "diff", str(first), str(last))["instances"]
    before = set(people(20)) - set(people(5, 3))
    must((difference["added"], difference["removed"]) == (len(crowd - before), len(before - crowd)), f"{difference}")
    stopped = _json(bench, "replay", "--stop-on", "members > 30", "--instance", "acme")
    must(stopped["position"] == stopped["stoppedAt"]["position"] <= last, f"{stopped}")
    _log(bench, "replay", "--stop-on", "version 9999", "--instance", "acme", expect=(5,))
    since = _json(bench, "bisect", "acme", "members > 30")
    must(since["position"] == stopped["position"], f"bisect found {since}")
    ended = _log(bench, "bisect", "acme", "members < 30", expect=(5,)).err
    must("it ended with" in ended, f"bisect said {ended}")
    _log(bench, "replay", "--to", "99999", expect=(5,))
    shown = _log(bench, "replay", "--state").out + _log(bench, "replay", "--trace").out
    must(json.loads(_log(bench, "replay", "--state").out)["instances"][0]["members"] == len(crowd), shown)


def a_reader_that_goes_away_ends_the_verb_at_once(bench):
    bench.credential()
    daemon = bench.daemon()
    configured(bench)
    for number in range(0, 1500, 3):
        with bench.client() as client:
            for one in range(number, number + 3):
                client.call("member.add", {"instance": "acme", "member": f"p{one}@example.org"})
    daemon.stop()
    for verb in (["dump"], ["export"], ["replay", "--trace"]):
        process = subprocess.Popen(
            [bench.path("muster"), "log", *verb, "--state-directory", str(bench.state)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.read(10)
        process.stdout.close()
        said = process.stderr.read()
        process.stderr.close()
        code = process.wait(60)
        must(code in (141, -signal.SIGPIPE) and not said, f"{verb} ended with {code}: {said}")


def a_damaged_log_is_shown_as_far_as_it_can_be_and_cut_only_on_demand(bench):
    bench.credential()
    daemon = bench.daemon()
    configured(bench)
    for number in range(12):
        with bench.client() as client:
            client.call("member.add", {"instance": "acme", "member": f"person{number}@example.org"})
    _log(bench, "repair", "--truncate-at", "5", "--yes", expect=(7,))
    must(daemon.stop() == 0, "the daemon did not end well")
    events = [json.loads(line) for line in _log(bench, "export").out.splitlines()]
    segment = sorted((bench.state / "log").glob("*.seg"))[-1]
    data = bytearray(segment.read_bytes())
    data[events[6]["offset"] + 150] ^= 1
    segment.write_bytes(bytes(data))
    left = [json.loads(line) for line in _log(bench, "export", expect=(10,)).out.splitlines()]
    must(left == [one for one in events if one["position"] != 7], "whole commits are not shown")
    must(_json(bench, "replay", expect=(10,))["position"] == 6, "the state before the damage is not shown")
    target = bench.folder / "none"
    _log(bench, "replay", "--upload", "acme", "-o", str(target), expect=(10,))
    must(not target.exists(), "a list was written of a damaged log")
    place = ("--truncate-at", f"{events[6]['segment']}:{events[6]['offset']}")
    must(_json(bench, "repair", *place, expect=(2,))["position"] == 7, "it would cut elsewhere")
    must(segment.read_bytes() == bytes(data), "the log was cut without --yes")
    _log(bench, "repair", "--truncate-at", f"{events[6]['segment']}:{events[6]['offset'] + 8}", expect=(10,))
    _log(bench, "repair", *place, "--yes")
    _log(bench, "verify")
    # MARK, which would contradict the cut, is kept beside what was cut.
    kept = [one for one in (bench.state / "quarantine").iterdir() if "MARK" not in one.name]
    must([one.read_bytes() for one in kept] == [bytes(data[events[6]["offset"]:]).rstrip(b"\0")], "it is not kept")
    bench.daemon()
    must(_status(bench)["position"] == 6, "the daemon does not go on from the cut")
    must(os.stat(kept[0]).st_mode & 0o777 == 0o600, "others may read what was cut")
