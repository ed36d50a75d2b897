"""What keeps a wrong list from being sent, from the command line's end."""

import json

from programs import must
from setting import configured, fill, people


def _last(bench):
    with bench.client() as client:
        return client.call("sync.list", {"instance": "acme"})["result"]["runs"][0]


def _accepted(bench):
    """Rows of the lists the stand-in accepted, oldest first."""
    drops = [drop for segment in json.loads(bench.inspect())["segments"] for drop in segment["drops"]]
    return [drop["rows"] for drop in drops if drop["accepted"]]


def the_first_list_onto_a_segment_of_others_waits_for_a_person(bench):
    bench.sandbox("--seed-segment", "demoadv:Acme buyers:US:tnlsw2x")
    bench.daemon()
    configured(bench, advertiserId="demoadv", audienceName="Acme buyers")
    fill(bench)
    bench.muster("sync", "now", "acme", "--wait", expect=(6,))
    held = _last(bench)
    must((held["state"], held["reason"]) == ("held", "firstReplace"), f"the run is {held['state']}, {held['reason']}")
    must(_accepted(bench) == [], "something was sent")
    bench.muster("sync", "approve", "acme", "--run", str(held["run"]), "--expect-count", "99", expect=(6,))
    bench.muster("sync", "approve", "acme", "--run", str(held["run"]), "--expect-count", "100", "--wait")
    must(_accepted(bench) == [100], f"the stand-in accepted {_accepted(bench)}")


def a_list_that_shrank_is_held_and_an_approval_sends_it(bench):
    bench.sandbox()
    bench.daemon()
    configured(bench, guard={"shrinkMembers": 10, "shrinkPercent": 10})
    fill(bench)
    bench.muster("sync", "now", "acme", "--wait")
    with bench.client() as client:
        client.call("member.remove", {"instance": "acme", "members": people(20)})
    bench.muster("sync", "now", "acme", "--wait", expect=(6,))
    bench.muster("sync", "now", "acme", "--wait", "--again", expect=(6,))
    held = _last(bench)
    must((held["state"], held["reason"]) == ("held", "shrink"), f"the run is {held['state']}, {held['reason']}")
    must(_accepted(bench) == [100], f"the stand-in accepted {_accepted(bench)}")
    approve = ("sync", "approve", "acme", "--run", str(held["run"]), "--expect-count", "80", "--again", "--wait")
    bench.muster(*approve)
    must(_accepted(bench) == [100, 80], f"the stand-in accepted {_accepted(bench)}")


def two_segments_of_one_name_hold_the_run(bench):
    bench.sandbox("--seed-segment", "demoadv:Twins:US", "--seed-segment", "demoadv:Twins:US")
    bench.daemon()
    configured(bench, advertiserId="demoadv", audienceName="Twins")
    fill(bench)
    bench.muster("sync", "now", "acme", "--wait", expect=(6,))
    must(_last(bench)["reason"] == "duplicateSegment", f"the run is {_last(bench)}")


def too_few_members_are_not_sent(bench):
    bench.sandbox()
    bench.daemon()
    configured(bench, minimumMembers=101)
    fill(bench)
    bench.muster("sync", "now", "acme", "--wait", expect=(6,))
    must((_last(bench)["state"], _last(bench)["reason"]) == ("skipped", "belowMinimum"), f"the run is {_last(bench)}")
    must(_accepted(bench) == [], "something was sent")
