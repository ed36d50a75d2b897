"""Under a real systemd: the first client starts the daemon, and one that is stopped finishes what it has read."""

import concurrent.futures

from audience import digest
from programs import must
from setting import Wire, configured, people

WAITS = True


def started(box):
    """Starts both sockets, as an installed host has them; no daemon runs yet."""
    box.run("systemctl", "start", "musterd.socket", "musterd-query.socket")
    box.is_unit("musterd.service", ActiveState="inactive", NRestarts="0")


def the_first_client_starts_the_daemon_and_no_unit_grumbles(bench):
    with bench.box(lambda box: box.token()) as box:
        started(box)
        status = box.run("muster", "status")
        must("position" in status.out, f"muster says {status.out}")
        box.is_unit("musterd.service", ActiveState="active", SubState="running", NRestarts="0")
        shown = box.show("musterd.service", "StatusText", "MainPID", "User", "WatchdogUSec")
        must(shown["StatusText"].startswith("position 0, 0 instances"), f"the status is {shown['StatusText']}")
        must("no run due" in shown["StatusText"], f"the status is {shown['StatusText']}")
        must(shown["WatchdogUSec"] == "1min", f"the watchdog is {shown['WatchdogUSec']}")
        configured(bench, schedule={"dailyAt": "03:00", "timeZone": "America/New_York"})
        box.is_unit("musterd.service", ActiveState="active")
        due = box.wait_shown("musterd.service", "StatusText", "next run due")
        must("position 1, 1 instances, 0 runs under way" in due, f"the status is {due}")
        loud = box.journal("--priority=warning", "--unit=muster*")
        must(loud == [], f"the journal has {[one['MESSAGE'] for one in loud]}")


def many_clients_at_once_start_one_daemon_and_are_all_served(bench):
    with bench.box(lambda box: box.token()) as box:
        started(box)

        def ask(_):
            with bench.client() as client:
                return client.call("ping")["result"]
        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            answers = list(pool.map(ask, range(40)))
        must(answers == [{}] * 40, f"the answers were {answers}")
        box.is_unit("musterd.service", ActiveState="active", NRestarts="0")
        starts = box.journal("--unit=musterd.service", "MESSAGE_ID=4f1908c1afa04602b37f4f080f4073f4")
        must(len(starts) == 1, f"it was started {len(starts)} times")


def a_daemon_that_is_stopped_answers_what_it_has_read_and_ends_with_0(bench):
    with bench.box(lambda box: box.token()) as box:
        started(box)
        configured(bench)
        crowd = people(3000)
        bench.people = {digest(one) for one in crowd}
        with Wire(bench.socket) as wire:
            for number, person in enumerate(crowd):
                wire.ask({"id": number, "method": "member.add", "params": {"instance": "acme", "member": person}})
            must("result" in wire.reply(), "the first was refused")
            stop = box.start("stop", "systemctl", "stop", "musterd.service")
            acknowledged = 1
            while (reply := wire.reply()) is not None:
                must("result" in reply or reply["error"]["name"] == "server.stopping", f"the answer was {reply}")
                acknowledged += "result" in reply
        must(stop.process.wait(30) == 0, "systemctl stop failed")
        box.is_unit(
            "musterd.service", ActiveState="inactive", Result="success", ExecMainStatus="0", ExecMainCode="1")
        told = box.run("muster", "log", "verify", "--state-directory", "/var/lib/musterd").out
        with bench.client() as client:
            members = client.call("instance.show", {"instance": "acme"})["result"]["members"]
        must(members == acknowledged, f"{acknowledged} were acknowledged and {members} are there: {told}")
        box.is_unit("musterd.service", ActiveState="active")
