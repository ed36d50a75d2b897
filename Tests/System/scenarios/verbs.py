"""The verbs that look after an audience: approve, retire, check and doctor."""

import datetime
import json

from client import MusterError
from programs import must
from setting import configured, fill, people

# Whether this machine's clock is synchronised is none of the scenarios' business.
DOCTOR = ("doctor", "--skip", "clock")


def _found(bench, expect):
    """What the doctor finds that is not well, as kinds of checks with their levels."""
    done = bench.muster(*DOCTOR, "--json", expect=(expect,))
    return [(one["check"], one["level"]) for one in json.loads(done.out)["findings"] if one["level"] != "ok"]


def a_retired_audience_is_empty_and_disabled_and_its_list_stays_at_ttd(bench):
    bench.sandbox()
    bench.daemon()
    configured(bench)
    fill(bench, 120)
    bench.muster("sync", "now", "acme", "--wait")
    bench.muster("instance", "retire", "acme", "--expect-count", "119", expect=(6,))
    with bench.client() as client:
        params = {"instance": "acme", "expectCount": 120}
        before = client.call("status")["result"]["position"]
        first = client.call("instance.retire", params, commandId="retire-1")
        again = client.call("instance.retire", params, commandId="retire-1")
        must(again["replayed"] and again["result"] == first["result"], f"the retry is answered {again}")
        must(first["position"] == before + 1, f"it took events {before + 1} to {first['position']}")
        must(first["result"]["removed"] == 120 and first["result"]["segment"]["crmDataId"], f"{first['result']}")
        try:
            client.call("instance.retire", params)
        except MusterError as error:
            must(error.name == "instance.count_changed", f"refused as {error.name}")
            must(error.details == {"expected": 120, "actual": 0}, f"details are {error.details}")
        else:
            must(False, "an empty audience of 120 was retired")
        shown = client.call("instance.show", {"instance": "acme"})["result"]
        must((shown["members"], shown["enabled"], shown["nextSync"]) == (0, False, None), f"{shown}")
        one = {"instance": "acme", "member": people(1)[0], "history": True}
        history = client.call("member.show", one)["result"]
        must(not history["member"], "somebody is still in")
        kinds = [event["event"] for event in history["history"]]
        must(kinds == ["instanceRetired", "membersAdded"], f"the history is {kinds}")
    segment, = json.loads(bench.inspect())["segments"]
    must([drop["rows"] for drop in segment["drops"]] == [120], "something else was sent")
    done = bench.muster("log", "dump", "--json", "--type", "instanceRetired", "--state-directory", str(bench.state))
    must(json.loads(done.out)["members"] == 120, f"the log says {done.out}")
    bench.muster("log", "verify", "--state-directory", str(bench.state))


def a_refilled_audience_is_compared_with_the_list_that_was_sent(bench):
    bench.sandbox()
    bench.daemon()
    configured(bench, guard={"shrinkMembers": 10, "shrinkPercent": 10})
    fill(bench, 100)
    bench.muster("sync", "now", "acme", "--wait")
    bench.muster("instance", "retire", "acme", "--expect-count", "100")
    configured(bench, enabled=True)
    with bench.client() as client:
        client.call("member.add", {"instance": "acme", "members": people(70)})
    done = bench.muster("sync", "now", "acme", "--wait", "--again", expect=(6,))
    must("shrink" in done.err, f"it was {done.err}")
    with bench.client() as client:
        held = client.call("sync.list", {"instance": "acme"})["result"]["runs"][0]
    must((held["added"], held["removed"], held["count"]) == (0, 30, 70), f"the run is {held}")
    bench.muster("sync", "approve", "acme", "--run", str(held["run"]), "--expect-count", "70", "--again", "--wait")
    shown = bench.muster("sync", "show", str(held["run"])).out
    must(all(word in shown for word in ("members", "removed", "digest", "took")), f"sync show says {shown}")


def a_check_proves_an_audience_and_names_what_is_wrong(bench):
    bench.sandbox()
    bench.daemon()
    configured(bench)
    done = bench.muster("instance", "check", "acme")
    must("absent" in done.out and "ok" in done.out, f"it says {done.out}")
    must(json.loads(bench.inspect())["segments"] == [], "a check made a segment")
    token, bench.token = bench.token, "another-token-than-the-accepted-one"
    bench.credential(f"endpoint {bench.endpoint}")
    refused = json.loads(bench.muster("instance", "check", "acme", "--json", expect=(9,)).out)
    must((refused["token"], refused["problem"]["what"]) == ("refused", "token"), f"it says {refused}")
    bench.token = token
    bench.credential("endpoint http://127.0.0.1:9/v3")
    bench.muster("instance", "check", "acme", expect=(7,))
    (bench.credentials / "ttd-token").unlink()
    bench.muster("instance", "check", "acme", expect=(6,))
    bench.muster("instance", "check", "nobody", expect=(5,))


def the_doctor_says_nothing_while_all_is_well_and_ends_as_bad_as_it_is(bench):
    missing = bench.muster(*DOCTOR, "--quiet", expect=(3,))
    must("bad" in missing.out and "socket" in missing.out, f"without a daemon it says {missing.out}")
    bench.sandbox()
    bench.daemon()
    must(bench.muster(*DOCTOR, "--quiet").out == "", "it speaks though there is no audience")
    configured(bench, schedule={"dailyAt": "03:00", "timeZone": "UTC"})
    must(_found(bench, 1) == [("runs", "warn")], "an audience that was never sent is no warning")
    fill(bench, 20)
    bench.muster("sync", "now", "acme", "--wait", "--again")
    must(bench.muster(*DOCTOR, "--quiet").out == "", "it speaks though all is well")
    must("ok" in bench.muster(*DOCTOR).out, "it says nothing of what is well")
    for days, level in ((20, "warn"), (3, "bad"), (-2, "bad")):
        date = datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days)
        bench.credential(f"endpoint {bench.endpoint}", f"expires {date}")
        must(_found(bench, 1 if level == "warn" else 2) == [("credentials", level)], f"{days} days are not {level}")
    (bench.credentials / "ttd-token").unlink()
    must(_found(bench, 2) == [("credentials", "bad")], "a missing credential is well")
