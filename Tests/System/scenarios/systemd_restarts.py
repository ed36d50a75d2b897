"""Under a real systemd: a daemon that dies or hangs is started again, and clients that waited meanwhile are served."""

import concurrent.futures
import time

from programs import must, wait_for
from scenarios.systemd_activation import started
from setting import Wire, configured, fill

WAITS = True

WAITING = 12


def _adding(number):
    return {"instance": "acme", "member": f"waiting{number}@example.org"}


def _watched(limit):
    """Prepares a daemon that systemd ends when it gives no sign of life for so long."""
    def prepared(box):
        box.token()
        box.drop_in("musterd.service", f"[Service]\nWatchdogSec={limit}\n")
    return prepared


def _members(bench):
    with bench.client() as client:
        return client.call("instance.show", {"instance": "acme"})["result"]["members"]


def _restarted(box, restarts):
    box.is_unit("musterd.service", ActiveState="active", SubState="running", NRestarts=str(restarts))


def clients_in_the_queue_when_the_daemon_is_killed_or_crashes_are_served_by_the_next(bench):
    with bench.box(lambda box: box.token()) as box:
        started(box)
        configured(bench)
        fill(bench, 50)
        # It stands still, so a connection that was made has to wait in the socket's queue; these try nothing again.
        box.signal("musterd.service", "STOP")
        wires = [Wire(bench.socket, timeout=30) for _ in range(WAITING)]
        for number, wire in enumerate(wires[:WAITING // 2]):
            wire.ask({"id": 1, "method": "member.add", "params": _adding(number)})
        box.signal("musterd.service", "KILL")
        for number, wire in enumerate(wires[WAITING // 2:], start=WAITING // 2):
            wire.ask({"id": 1, "method": "member.add", "params": _adding(number)})
        replies = [wire.reply() for wire in wires]
        for wire in wires:
            wire.socket.close()
        must(all(reply and "result" in reply for reply in replies), f"the answers were {replies}")
        _restarted(box, 1)
        must(_members(bench) == 50 + WAITING, f"{_members(bench)} are there")

        for restarts, name in enumerate(("ABRT", "SEGV", "TRAP"), start=2):
            process = box.show("musterd.service", "MainPID")["MainPID"]
            box.signal("musterd.service", name)
            wait_for(lambda: box.show("musterd.service", "MainPID")["MainPID"] != process, f"{name} ends it")
            with Wire(bench.socket, timeout=30) as wire:
                wire.ask({"id": 1, "method": "ping"})
                must(wire.reply() == {"id": 1, "result": {}, "position": 2 + WAITING}, f"no answer after {name}")
            _restarted(box, restarts)
        cores = box.run(
            "find", "/var/lib", "/tmp", "/var/tmp", "-name", "core*", "-size", "+100k", "-newer", "/etc/hostname")
        must(cores.out == "", f"it left {cores.out}")
        said = box.run("journalctl", "--output=cat", "--no-pager", "--unit=musterd.service").out
        must("Backtrac" not in said and "0x" not in said, f"the journal shows a backtrace: {said}")


def a_daemon_that_hangs_is_ended_by_the_watchdog_and_each_command_is_carried_out_once(bench):
    with bench.box(_watched("1500ms")) as box:
        started(box)
        configured(bench)
        fill(bench, 50)
        time.sleep(3)  # it stays alive though nobody asks for anything
        _restarted(box, 0)
        box.signal("musterd.service", "STOP")

        # systemd lets it go on to die, and in that moment it may take a connection along: the client tries again.
        def add(number):
            with bench.client(timeout=30) as client:
                return client.call("member.add", _adding(number))["result"]["added"]
        with concurrent.futures.ThreadPoolExecutor(WAITING) as pool:
            added = list(pool.map(add, range(WAITING)))
        must(added == [1] * WAITING, f"the answers were {added}")
        _restarted(box, 1)
        must(_members(bench) == 50 + WAITING, f"{_members(bench)} are there")
        said = [one["MESSAGE"] for one in box.journal("_PID=1", "UNIT=musterd.service")]
        must(any("Watchdog timeout" in one for one in said), f"systemd says {said}")
        must(any("Failed with result 'watchdog'" in one for one in said), f"systemd says {said}")


def a_daemon_that_stood_still_for_less_says_so_and_lives(bench):
    with bench.box(_watched("12s")) as box:
        started(box)
        begun = time.monotonic()
        configured(bench)
        # Its sign of life is due after six seconds, and it is ended after twelve.
        time.sleep(begun + 4.5 - time.monotonic())
        box.signal("musterd.service", "STOP")
        time.sleep(begun + 10.3 - time.monotonic())
        box.signal("musterd.service", "CONT")
        said = wait_for(
            lambda: [one for one in box.journal("--unit=musterd.service") if "stood still" in one["MESSAGE"]],
            "the journal is told")
        must(int(said[0]["MUSTER_MILLISECONDS"]) >= 2000, f"it says {said[0]}")
        box.is_unit("musterd.service", ActiveState="active", NRestarts="0")


def a_daemon_that_dies_again_and_again_is_given_up_after_ten_starts(bench):
    with bench.box(lambda box: box.token()) as box:
        started(box)
        configured(bench)
        for number in range(1, 11):
            box.is_unit("musterd.service", ActiveState="active", NRestarts=str(number - 1))
            box.signal("musterd.service", "KILL")
            if number < 10:
                box.is_unit("musterd.service", NRestarts=str(number))
        box.is_unit("musterd.service", ActiveState="failed", Result="signal")
        # Then clients are told at once, and do not wait for nothing.
        box.is_unit("musterd.socket", ActiveState="failed", Result="service-start-limit-hit")
        told = box.run("muster", "status", expect=(3,))
        must("systemctl start musterd.socket" in told.err, f"muster says {told.err}")
        box.run("systemctl", "reset-failed", "musterd.service", "musterd.socket")
        box.run("systemctl", "start", "musterd.socket")
        with bench.client() as client:
            must(client.call("status")["result"]["position"] == 1, "the log is another")
