"""A run goes on where a kill found it, and sends the list that was frozen."""

import hashlib
import json

from audience import rows
from programs import must, wait_for
from scenarios.activation import killed
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
    killed(holder)
    with bench.client() as client:
        client.call("member.add", {"instance": "acme", "member": "too.late@example.org"})
    shown = ended(bench, run)
    must(holder.stop() == 0, "the daemon did not end well")
    bench.muster("log", "verify", "--state-directory", str(bench.state))
    return shown, rows(crowd)


def judge(bench, expected):
    """One segment, which was sent exactly these lists in this order, each as often as it took."""
    report = json.loads(bench.inspect())
    must(len(report["segments"]) == 1, f"there are {len(report['segments'])} segments")
    must(report["problems"] == {}, f"the stand-in complains of {report['problems']}")
    accepted = sorted(
        (drop for drop in report["segments"][0]["drops"] if drop["accepted"]), key=lambda drop: drop["acceptedNumber"])
    digests = [drop["sha256"] for drop in accepted]
    lists = [one for index, one in enumerate(digests) if index == 0 or digests[index - 1] != one]
    must(lists == [hashlib.sha256(one).hexdigest() for one in expected], f"lists of {[d['rows'] for d in accepted]}")
    held = bench.inspect(f"/segments/{report['segments'][0]['crmDataId']}/rows")
    must(held == expected[-1], "the segment holds other rows")


def arrived_once(bench, shown, expected):
    must(shown["state"] == "succeeded", f"the run {shown['state']}: {shown['reason'] or shown['class']}")
    judge(bench, [expected])


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
