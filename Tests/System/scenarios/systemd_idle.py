"""Under a real systemd: a daemon that nobody needs ends, and nobody notices."""

import concurrent.futures
import os
import random
import time

from audience import digest
from ledger import seed
from programs import must, wait_for
from scenarios.systemd_activation import started
from setting import Wire, configured, fill

WAITS = True

RACES = 200


def _idle(limit):
    def prepared(box):
        box.token()
        # So short a time is no administrator's: the limits of starts are for minutes.
        idle = f"[Service]\nEnvironment=MUSTERD_EXIT_ON_IDLE={limit}\n"
        box.drop_in("musterd.service", "[Unit]\nStartLimitIntervalSec=0\n" + idle)
        for socket in ("musterd.socket", "musterd-query.socket"):
            box.drop_in(socket, "[Socket]\nTriggerLimitIntervalSec=0\n")
    return prepared


def a_daemon_that_nobody_needs_ends_and_the_next_client_starts_it(bench):
    with bench.box(_idle("1s")) as box:
        started(box)
        configured(bench)
        fill(bench, 20)
        box.is_unit("musterd.service", ActiveState="inactive", Result="success", ExecMainStatus="0", NRestarts="0")
        for socket in ("musterd.socket", "musterd-query.socket"):
            box.is_unit(socket, ActiveState="active", SubState="listening")
        with bench.client() as client:
            members = client.call("instance.show", {"instance": "acme"})["result"]["members"]
            must(members == 20, f"{members} are there")
            time.sleep(2.5)  # a client that says nothing is a client
            box.is_unit("musterd.service", ActiveState="active")
            client.call("ping")
        box.is_unit("musterd.service", ActiveState="inactive", Result="success")
        box.run("muster", "status", "--socket", "/run/musterd/query.sock")
        box.is_unit("musterd.service", ActiveState="inactive", Result="success")
        said = [one["MESSAGE"] for one in box.journal("--unit=musterd.service")]
        must(sum("nobody needs the daemon" in one for one in said) == 3, f"the journal has {said}")


def no_request_is_lost_in_two_hundred_races_of_a_client_against_the_exit(bench):
    limit = 0.06
    dice = random.Random(seed())
    people = [f"race{number}@example.org" for number in range(RACES)]
    bench.people = {digest(one) for one in people}
    with bench.box(_idle(f"{limit * 1000:.0f}ms")) as box:
        started(box)
        configured(bench)

        # The published client would try again. Half of these say nothing for a moment after they have connected.
        def race(person):
            with Wire(bench.socket, timeout=30) as wire:
                time.sleep(max(0, dice.uniform(-0.008, 0.008)))
                wire.ask({"id": 1, "method": "member.add", "params": {"instance": "acme", "member": person}})
                reply = wire.reply()
            must(reply and "result" in reply, f"the answer was {reply}")
            return reply["result"]["added"]
        added = 0
        # Each comes about when the daemon that served the last one ends: before, after, or with others.
        while people:
            group = [people.pop() for _ in range(min(len(people), dice.choice((1, 1, 1, 2, 3))))]
            with concurrent.futures.ThreadPoolExecutor(len(group)) as pool:
                added += sum(pool.map(race, group))
            time.sleep(limit + dice.uniform(-0.01, 0.04))
        must(added == RACES, f"{added} of {RACES} were added")
        box.is_unit("musterd.service", ActiveState="inactive", Result="success", NRestarts="0")
        exits = sum("nobody needs" in one["MESSAGE"] for one in box.journal("--unit=musterd.service"))
        must(exits > RACES // 10, f"it ended only {exits} times, so there was no race")
        print(f"       {RACES} requests, {exits} exits", flush=True)
        with bench.client() as client:
            members = client.call("instance.show", {"instance": "acme"})["result"]["members"]
        must(members == RACES, f"{members} are there")


def the_timer_catches_up_and_wakes_the_daemon(bench):
    def prepared(box):
        _idle("1s")(box)
        # As if the host had been off for three days.
        stamp = "var/lib/systemd/timers/stamp-musterd-wake.timer"
        box.put(stamp, "")
        past = time.time() - 3 * 86400
        os.utime(box.place(stamp), (past, past))
        # The host's own spread would be up to a minute.
        box.drop_in("musterd-wake.timer", "[Timer]\nRandomizedDelaySec=0\n")
    with bench.box(prepared) as box:
        started(box)
        begun = time.time()
        box.run("systemctl", "start", "musterd-wake.timer")
        ready = wait_for(lambda: _ready(box), "the daemon was woken", 10)
        must(time.time() - begun < 10, "it took too long")
        must(len(ready) == 1, f"it was woken {len(ready)} times")
        box.is_unit("musterd-wake.service", ActiveState="inactive", Result="success", ExecMainStatus="0")
        box.is_unit("musterd.service", ActiveState="inactive", Result="success")
        next_time = box.run("systemctl", "show", "musterd-wake.timer", "--property=NextElapseUSecRealtime").out
        must(next_time.strip() != "NextElapseUSecRealtime=", "there is no next time")

        # Where the socket was stopped, nobody is to be woken.
        box.run("systemctl", "stop", "musterd.socket", "musterd-query.socket", "musterd.service")
        box.run("systemctl", "start", "musterd-wake.service")
        box.is_unit("musterd-wake.service", ConditionResult="no", Result="success")
        must(len(_ready(box)) == 1, "it was woken all the same")
        said = [one["MESSAGE"] for one in box.journal("--unit=musterd-wake.service")]
        said = [one for one in said if "was skipped" not in one]
        must(said == [], f"the wakening fills the journal: {said}")


def _ready(box):
    return [one for one in box.journal("--unit=musterd.service") if one["MESSAGE"].startswith("ready")]
