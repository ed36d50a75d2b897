"""Under a real systemd: the whole machine is killed at once, and boots again over the same state."""

import random
import threading

from audience import digest
from ledger import seed
from programs import must
from setting import configured

WAITS = True

ROUNDS = 3


def a_killed_machine_boots_again_with_everything_that_was_acknowledged(bench):
    kept = bench.folder / "kept"
    kept.mkdir(mode=0o700)
    dice = random.Random(seed())
    acknowledged, begun, identity = set(), set(), None
    bench.people = set()

    def prepared(box):
        box.token()
        box.bind(kept, "var/lib/musterd", writable=True)
        # Enabled as the package enables it: after the boot the socket is there.
        box.enable("musterd.socket")
    for number in range(ROUNDS + 1):
        with bench.box(prepared) as box:
            box.is_unit("musterd.socket", ActiveState="active")
            with bench.client() as client:
                status = client.call("status")["result"]
            must(identity in (None, status["logId"]), "it is another log")
            identity = status["logId"] if number else None
            if number == 0:
                configured(bench)
            exported = box.run("muster", "log", "verify", "--state-directory", "/var/lib/musterd")
            must(exported.code == 0, "the log does not verify")
            _judge(bench, acknowledged, begun)
            if number == ROUNDS:
                break
            _cut(bench, box, dice, number, acknowledged, begun)
    must(len(acknowledged) > 30, f"only {len(acknowledged)} were acknowledged, which proves little")
    print(f"       {ROUNDS} machines killed, {len(acknowledged)} acknowledged, 0 lost", flush=True)


def _judge(bench, acknowledged, begun):
    """Who was acknowledged is there, and nobody who was never sent."""
    there = set()
    with bench.client() as client:
        for person in begun:
            if client.call("member.show", {"instance": "acme", "member": person})["result"]["member"]:
                there.add(person)
        if begun:
            size = client.call("instance.show", {"instance": "acme"})["result"]["members"]
            must(size == len(there), f"{size} are there, of whom {len(there)} were sent")
    must(acknowledged <= there, f"{len(acknowledged - there)} were lost")


def _cut(bench, box, dice, number, acknowledged, begun):
    """Streams people in and kills process 1 in the midst of it."""
    cut = threading.Timer(dice.uniform(0.15, 0.6), box.power_cut)
    cut.start()
    try:
        with bench.client(timeout=10) as client:
            for count in range(100_000):
                person = f"round{number}-{count}@example.org"
                bench.people.add(digest(person))
                begun.add(person)
                client.call("member.add", {"instance": "acme", "member": person})
                acknowledged.add(person)
        must(False, "the machine was not killed")
    except OSError:
        cut.join()
    must(not box.is_up(), "the machine is up")
