"""After every remote fault, at two steps each, with and without a kill of the daemon, the right list is at TTD."""

import collections
import concurrent.futures
import json
import urllib.request

from audience import digest, rows
from disks import needs
from programs import Bench, failure_of, must, wait_for
from remote_faults import CREATE, DROP, LIST, UPLOAD, fault, held
from scenarios.activation import killed
from scenarios.credentials import ended, sent, show
from scenarios.resume import judge
from setting import configured, fill

LATE = "too.late@example.org"
# Longer than the wait after a creation whose answer was lost, which is 120 s.
PATIENCE = 200

Row = collections.namedtuple("Row", "fault step answer killed endings")
SENT, HELD, FAILED, EITHER = {"succeeded"}, {"held"}, {"failed"}, {"succeeded", "failed"}
ROWS = [
    Row("429 with Retry-After", DROP, "1 429:1.5", False, SENT),
    Row("429 with Retry-After", LIST, "2 429:1.5", True, SENT),
    Row("429 without Retry-After", CREATE, "1 429", False, SENT),
    Row("429 without Retry-After", DROP, "1 429", True, SENT),
    Row("500", CREATE, "1 500", False, SENT),
    Row("500", UPLOAD, "2 500", True, SENT),
    Row("503", LIST, "3 503", False, SENT),
    Row("503", DROP, "2 503", True, SENT),
    Row("dead token", LIST, "1 dead-token", False, HELD),
    Row("dead token", DROP, "1 dead-token", True, HELD),
    Row("refused upload address", UPLOAD, "1 403", False, SENT),
    Row("refused upload address", UPLOAD, "1 403", True, SENT),
    Row("reset before the body", LIST, "1 reset", False, SENT),
    Row("reset before the body", UPLOAD, "2 reset", True, SENT),
    Row("reset during the body", CREATE, None, False, SENT),
    Row("reset during the body", UPLOAD, None, True, SENT),
    Row("hang", LIST, "1 hang", False, SENT),
    Row("hang", UPLOAD, "1 hang", True, SENT),
    Row("slow", UPLOAD, "1 slow:2", False, SENT),
    Row("slow", CREATE, "1 slow:1", True, SENT),
    Row("truncated JSON", LIST, "1 cut", False, FAILED),
    # The kill may come before the run has failed; then it goes on with another drop.
    Row("truncated JSON", DROP, "1 cut", True, EITHER),
    Row("no name", LIST, None, False, SENT),
    Row("no name", UPLOAD, None, True, SENT),
    Row("bad TLS", LIST, None, False, SENT),
    Row("bad TLS", UPLOAD, None, True, SENT),
]


def _next(bench, first):
    """The run after the first: made by the new token where that is what was wanting, else asked for."""
    def newest():
        with bench.client() as client:
            run = client.call("sync.list", {"instance": "acme"})["result"]["runs"][0]
        return run["run"] > first["run"] and run
    if first["state"] == "held":
        must(first["reason"] == "credential", f"it is held for {first['reason']}")
        run = wait_for(newest, "the other token releases the run", 40)
        must(run["cause"] == "credentialChanged", f"the next run is caused by {run['cause']}")
    else:
        with bench.client() as client:
            run = client.call("sync.now", {"instance": "acme", "again": True})["result"]
    return ended(bench, run["run"], PATIENCE)


def _endures(bench, row):
    """Lets one run meet the fault, and another follow it with one member more; what must be at TTD then."""
    with fault(bench, row.fault, row.step, row.answer) as trouble:
        holder = held(bench, trouble)
        configured(bench)
        crowd = fill(bench, 1000)
        with bench.client() as client:
            run = client.call("sync.now", {"instance": "acme"})["result"]["run"]
        wait_for(lambda: trouble.struck(run), "the fault strikes", 60)
        if row.killed:
            killed(holder)
        with bench.client() as client:
            client.call("member.add", {"instance": "acme", "member": LATE})
        trouble.mend()
        first = ended(bench, run, PATIENCE)
        must(first["state"] in row.endings, f"the run {first['state']}: {first['reason']}, {first['detail']}")
        must(first["class"] in (None, "unavailable"), f"the run failed {first['class']}")
        must(_next(bench, first)["state"] == "succeeded", "the next run did not succeed")
        bench.people = crowd | {digest(LATE)}
        expected = [rows(crowd)] * (first["state"] == "succeeded") + [rows(bench.people)]
        judge(bench, expected)
        must(holder.stop() == 0, "the daemon did not end well")
    bench.muster("log", "verify", "--state-directory", str(bench.state))
    must(not list(bench.leaks(bench.people)), f"there is {list(bench.leaks(bench.people))}")
    return expected


def _failure(programs, row):
    """What went wrong in a row, on a bench of its own, or None."""
    bench = Bench(programs)
    try:
        with bench:
            _endures(bench, row)
    except Exception as problem:  # the other rows go on, and all that went wrong is told together
        where = f"{row.fault} at {row.step}{', killed' if row.killed else ''}"
        return "\n".join([f"{where}: {type(problem).__name__}: {problem}", *bench.last_words])
    return None


def after_each_remote_fault_at_two_steps_the_right_list_is_there_and_no_older_one_after_it(bench):
    needs("unshare", "mount", "openssl")
    with concurrent.futures.ThreadPoolExecutor(len(ROWS)) as pool:
        failures = [one for one in pool.map(lambda row: _failure(bench.programs, row), ROWS) if one]
    print(f"       {len(ROWS)} rows, {len(failures)} wrong", flush=True)
    must(not failures, "\n".join(failures))


after_each_remote_fault_at_two_steps_the_right_list_is_there_and_no_older_one_after_it.seconds = 400
after_each_remote_fault_at_two_steps_the_right_list_is_there_and_no_older_one_after_it.waits = True


def a_run_whose_endpoint_is_mended_is_held_after_a_kill_and_the_next_one_is_sent(bench):
    bench.sandbox()
    bench.credential("endpoint https://nowhere.invalid/v3")
    holder = bench.holder()
    configured(bench)
    crowd = fill(bench, 10)
    with bench.client() as client:
        run = client.call("sync.now", {"instance": "acme"})["result"]["run"]
    wait_for(lambda: show(bench, run)["step"] == "segment", "the run looks for its segment")
    killed(holder)
    bench.credential(f"endpoint {bench.endpoint}")
    first = ended(bench, run, PATIENCE)
    must((first["state"], first["reason"]) == ("held", "credential"), f"the run {first['state']}: {first['reason']}")
    must("another endpoint" in first["detail"], f"it says {first['detail']}")
    must(sent(bench)["state"] == "succeeded", "the next run did not succeed")
    judge(bench, [rows(crowd)])


def _planted(bench, body):
    """Uploads a list past the daemon, to the one segment that is there."""
    segment, = json.loads(bench.inspect())["segments"]
    ask = urllib.request.Request(
        f"{bench.endpoint}/crmdata/segment/{segment['advertiserId']}/{segment['crmDataId']}",
        json.dumps({"PiiType": "EmailHashedUnifiedId2", "MergeMode": "Replace"}).encode(),
        {"TTD-Auth": bench.token, "Content-Type": "application/json"})
    with urllib.request.urlopen(ask, timeout=30) as answer:
        url = json.load(answer)["Url"]
    put = urllib.request.Request(url, body, {"Content-Type": "text/plain"}, method="PUT")
    with urllib.request.urlopen(put, timeout=30):
        pass


def an_older_list_after_a_newer_one_or_another_list_is_noticed(bench):
    expected = _endures(bench, Row("slow", UPLOAD, "1 slow:0.1", False, SENT))
    for wrong in ([expected[1], expected[0]], expected[:1], [*expected, rows([digest(LATE)])]):
        must(failure_of(lambda: judge(bench, wrong)), "another list is taken for the right one")
    judge(bench, expected)
    _planted(bench, expected[0])
    must(failure_of(lambda: judge(bench, expected)), "an older list after a newer one is not noticed")
