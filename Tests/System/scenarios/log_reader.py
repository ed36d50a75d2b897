"""A reader written from the page proto-docs/log.md, against the log's own tools on the same real log."""

import json
import os
import signal
import subprocess
import sys

import engage
from described import DESCRIBED, fault
from programs import ROOT, must, wait_for
from scenarios.activation import daemon_pid
from setting import configured, people

READER = ROOT / "proto-docs" / "log_reader.py"


def _read(bench, *options, expect=0):
    done = subprocess.run(
        [sys.executable, str(READER), str(bench.state), *options], capture_output=True, text=True, timeout=100)
    if "--identities" not in options:
        bench.said.append(("log_reader.py", done.stdout + done.stderr))
    must(done.returncode == expect, f"log_reader.py ended with {done.returncode}: {done.stderr}")
    return done.stdout


def _export(bench, *options, expect=0):
    """What the program writes; not kept as said, where people are in it."""
    done = subprocess.run(
        [bench.path("muster"), "log", "export", "--state-directory", str(bench.state), *options],
        capture_output=True, text=True, timeout=100)
    if "--identities" not in options:
        bench.said.append(("muster log export", done.stdout + done.stderr))
    must(done.returncode == expect, f"muster log export ended with {done.returncode}: {done.stderr}")
    return done.stdout


def _lived(bench, kills=2):
    """A state directory with everything in it: imports, both kinds of audience, runs of all ends, kills."""
    bench.sandbox()
    holder = bench.holder()
    configured(bench, schedule={"dailyAt": "03:00", "timeZone": "America/New_York"})
    configured(bench, instance="plain", piiType="email", audienceName='Ünïcode "quoted" \\ name', region="EU")
    configured(bench, instance="small", audienceName="Small", minimumMembers=5000)
    events = bench.folder / "events.ndjson"
    engage.generate(events, 400)
    for number in range(1, kills + 1):
        bench.muster(
            "member", "add", "acme", "--file", str(events), "--format", "engage", "--audience", engage.AUDIENCE,
            expect=(0, 11))
        with bench.client() as client:
            crowd = people(60, 30 * number)
            client.call("member.add", {"instance": "plain", "members": crowd}, commandId=f"c:{number}")
            client.call("member.remove", {"instance": "plain", "members": people(10, 30 * number)})
            client.call("member.add", {"instance": "small", "members": people(3, number)})
            client.call("instance.configure", {"instance": "acme", "schedule": None, "minimumMembers": number})
        for name in ("acme", "plain", "small"):
            bench.muster("sync", "now", name, "--wait", expect=(0, 6, 9))
        pid = daemon_pid(holder, number)
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda pid=pid: f"ended {pid} -9" in holder.text(), "the kill")
    bench.muster("status")
    return holder


def another_reader_finds_the_same_events_in_the_log_of_a_running_daemon_and_after_it(bench):
    holder = _lived(bench)
    must(_read(bench) == _export(bench), "the two differ beside the daemon")
    must(holder.stop() == 0, "the daemon did not end well")
    counts, named = _export(bench), _export(bench, "--identities")
    must(_read(bench) == counts, "the two differ")
    must(_read(bench, "--identities") == named, "the two differ where people are shown")
    events = [json.loads(line) for line in counts.splitlines()]
    for event in events:
        problem = fault(event, DESCRIBED.events[event["type"]]["fields"])
        must(problem is None, f"{event['type']} is described otherwise: {problem}")
    must([one["position"] for one in events] == list(range(1, len(events) + 1)), "positions are missing")
    kinds = {one["type"] for one in events}
    must({"membersAdded", "membersRemoved", "uploaded", "syncSkipped"} <= kinds, f"only {kinds}")
    dumped = bench.muster("log", "dump", "--state-directory", str(bench.state), "--json").out
    must(dumped == counts, "log dump --json shows other events")


def both_readers_show_the_same_of_a_log_with_a_damaged_or_unfinished_end(bench):
    holder = _lived(bench, kills=1)
    must(holder.stop() == 0, "the daemon did not end well")
    whole = _export(bench).splitlines()
    segment = sorted((bench.state / "log").glob("*.seg"))[-1]
    data = segment.read_bytes()
    last = json.loads(whole[-1])["offset"]
    must(len(data) > last + 8192, "the segment of a killed daemon has no room left")
    sound = [one for one in whole if json.loads(one)["offset"] < last]

    def shown(changed, expect, events):
        segment.write_bytes(changed)
        read = _read(bench, expect=expect).splitlines()
        must(read == events, f"the reader shows {len(read)} events and not {len(events)}")
        must(read == _export(bench, expect=expect).splitlines(), "the two differ")

    for place in (last, last + 4, last + 40, last + 70, last + 130, last + 140):
        shown(data[:place] + bytes([data[place] ^ 1]) + data[place + 1:], 10, sound)
    shown(data[:last + 4096] + b"x" + data[last + 4097:], 0, whole)
    shown(data[:last] + bytes(len(data) - last), 0, sound)
