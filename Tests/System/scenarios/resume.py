"""A run goes on where a kill found it, and sends the list that was frozen."""

import hashlib
import json
import os
import signal

from audience import rows
from programs import must, wait_for
from scenarios.activation import daemon_pid
from scenarios.credentials import ended
from setting import configured, fill

STEPS = {
    "the list of segments": "GET /v3/crmdata/segment/*$",
    "the drop": "POST /v3/crmdata/segment/*/*",
    "the upload": "PUT /upload",
}


def run_killed_at(bench, rule, answer):
    """Kills the daemon while it waits for the call that `rule` strikes, and gives the run as it ended."""
    bench.sandbox("--fault", f"{rule} 1 {answer}")
    holder = bench.holder()
    configured(bench)
    crowd = fill(bench, 2000)
    with bench.client() as client:
        run = client.call("sync.now", {"instance": "acme"})["result"]["run"]

    def struck():
        return json.loads(bench.inspect())["faults"][0]["used"] == 1
    wait_for(struck, f"the call {rule}")
    os.kill(daemon_pid(holder, 1), signal.SIGKILL)
    wait_for(lambda: "ended" in holder.text(), "the kill")
    with bench.client() as client:
        client.call("member.add", {"instance": "acme", "member": "too.late@example.org"})
    shown = ended(bench, run)
    must(holder.stop() == 0, "the daemon did not end well")
    bench.muster("log", "verify", "--state-directory", str(bench.state))
    return shown, rows(crowd)


def arrived_once(bench, shown, expected):
    must(shown["state"] == "succeeded", f"the run {shown['state']}: {shown['reason'] or shown['class']}")
    report = json.loads(bench.inspect())
    must(len(report["segments"]) == 1, f"{len(report['segments'])} segments were created")
    must(report["problems"] == {}, f"the stand-in complains of {report['problems']}")
    accepted = [drop for drop in report["segments"][0]["drops"] if drop["accepted"]]
    digests = {drop["sha256"] for drop in accepted}
    must(digests == {hashlib.sha256(expected).hexdigest()}, "another list was sent")
    must(bench.inspect(f"/segments/{report['segments'][0]['crmDataId']}/rows") == expected, "other rows were sent")


def a_run_killed_while_it_lists_the_segments_ends_with_the_frozen_list(bench):
    arrived_once(bench, *run_killed_at(bench, STEPS["the list of segments"], "hang"))


def a_run_killed_while_it_opens_the_drop_ends_with_the_frozen_list(bench):
    arrived_once(bench, *run_killed_at(bench, STEPS["the drop"], "hang"))


def a_run_killed_after_a_drop_was_opened_unseen_ends_with_the_frozen_list(bench):
    arrived_once(bench, *run_killed_at(bench, STEPS["the drop"], "slow:0.5"))


def a_run_killed_while_it_uploads_ends_with_the_frozen_list(bench):
    arrived_once(bench, *run_killed_at(bench, STEPS["the upload"], "hang"))


def a_run_killed_while_it_creates_the_segment_creates_only_one(bench):
    arrived_once(bench, *run_killed_at(bench, "POST /v3/crmdata/targeting/segment", "slow:1"))


a_run_killed_while_it_creates_the_segment_creates_only_one.deep = True
a_run_killed_while_it_creates_the_segment_creates_only_one.seconds = 400
