#!/usr/bin/env python3
"""The main job from one end to the other, with every claim compared. Exit 0 only if all comparisons held.

    demo.py [--programs DIR]
"""

import argparse
import hashlib
import json
import os
import re
import signal
import sys
import time

import audience
import engage
from programs import ROOT, Bench, Failure, must, wait_for

EVENTS = 6000
INSTANCE = "demo"


class Comparisons:
    """Pairs that must be equal."""

    def __init__(self):
        self.held = self.failed = 0

    def same(self, what, left, right):
        good = left == right
        self.held, self.failed = self.held + good, self.failed + (not good)
        shown = f"{left}" if good else f"{left} is not {right}"
        print(f"   {'ok     ' if good else 'DIFFERS'} {what}: {shown}", flush=True)


class Demo:
    """The acts, in order; each leaves to the next what it needs."""

    def __init__(self, bench):
        self.bench, self.compare = bench, Comparisons()
        self.number = 0

    def act(self, title):
        self.number += 1
        print(f"\n{self.number}. {title}", flush=True)

    def run(self):
        self.start()
        self.configure()
        self.feed()
        self.second_client()
        self.sync()
        self.accepted()
        self.kill()
        self.stop()
        return self.compare

    def start(self):
        self.act("ttd-sandbox stands in for The Trade Desk; a holder keeps the daemon's socket, as systemd would")
        # Slow answers, so that the steps of the run can be watched.
        self.bench.sandbox("--fault", "POST /v3/crmdata 2 slow:0.3", "--fault", "PUT /upload 1 slow:0.3")
        self.holder = self.bench.holder()
        self.compare.same("daemons running before anybody calls", self.holder.text().count("started"), 0)
        begun = time.monotonic()
        self.bench.muster("status")
        self.pid = self.daemon_pid(1)
        print(f"   the first command started musterd and was served after {time.monotonic() - begun:.3f} s")

    def daemon_pid(self, start):
        """The process of the daemon that was started as number `start`."""
        def found():
            lines = [line.split() for line in self.holder.text().splitlines()]
            pids = [int(line[1]) for line in lines if line[0] == "started"]
            return pids[start - 1] if len(pids) >= start else None
        return wait_for(found, "the holder starts musterd")

    def configure(self):
        self.act("An audience and where it goes")
        self.bench.muster(
            "instance", "configure", INSTANCE, "--advertiser-id", "demoadv", "--audience-name", "Demo audience",
            "--region", "US", "--pii-type", "hashedEmail", show=True)

    def feed(self):
        self.act(f"{EVENTS} Engage events: mixed case, gmail's variants, hashes, repeats, leavers, invalid rows")
        self.events = self.bench.folder / "events.ndjson"
        engage.generate(self.events, EVENTS)
        self.expected = audience.fold(self.events, engage.AUDIENCE)
        said = self.bench.muster(
            "member", "add", INSTANCE, "--file", str(self.events), "--format", "engage",
            "--audience", engage.AUDIENCE, "--progress", "always", show=True, expect=(11,))
        table = re.findall(r"^(\w+) +([\d,]+)  ", said.out, re.MULTILINE)
        self.compare.same(
            "rejected, by reason", {reason: int(rows.replace(",", "")) for reason, rows in table},
            dict(self.expected.rejected))
        shown = self.bench.ask("instance", "show", INSTANCE)
        self.compare.same("members", shown["members"], len(self.expected.members))
        must(len(self.expected.members) > 1500, "the made-up audience is too small to be sent")

    def second_client(self):
        self.act("Another client, in Python, written from proto-docs alone")
        newcomer = "Grace.Hopper+navy@gmail.com"
        self.expected.members.add(audience.digest(newcomer))
        with self.bench.client() as client:
            reply = client.call("member.add", {"instance": INSTANCE, "member": newcomer}, commandId="demo-1")
            again = client.call("member.add", {"instance": INSTANCE, "member": newcomer}, commandId="demo-1")
            asked = client.call("member.show", {"instance": INSTANCE, "member": "gracehopper@gmail.com"})
        self.compare.same("added", reply["result"]["added"], 1)
        self.compare.same(
            "the same command again: position and replayed", (again["position"], again.get("replayed")),
            (reply["position"], True))
        self.compare.same("found under another spelling", asked["result"]["member"], True)
        self.rows = audience.rows(self.expected.members)

    def sync(self):
        self.act("A run: what it would do, then what it does")
        plan = self.bench.ask("sync", "plan", INSTANCE)
        digest = hashlib.sha256(self.rows).hexdigest()
        self.compare.same("planned rows", plan["count"], len(self.expected.members))
        self.compare.same("planned upload", plan["digest"], digest)
        self.follow()
        with self.bench.client() as client:
            runs = client.call("sync.list", {"instance": INSTANCE})["result"]["runs"]
        self.last = runs[0]
        self.compare.same("state of the run", self.last["state"], "succeeded")
        self.compare.same("upload that was sent", self.last["digest"], digest)

    def follow(self):
        """Runs a sync, and shows what it adds to the log while it does."""
        seen = len(self.dump())
        run = self.bench.start(
            "muster", self.bench.path("muster"), "sync", "now", INSTANCE, "--wait", "--socket", self.bench.socket)
        ended = False
        while not ended:
            ended = run.process.poll() is not None
            lines = self.dump()
            for line in lines[seen:]:
                print(f"   log: {line}", flush=True)
            seen = max(seen, len(lines))
            time.sleep(0.03)
        print("   " + run.text().strip().replace("\n", "\n   "))
        self.compare.same("exit status of `muster sync now --wait`", run.process.returncode, 0)

    def dump(self):
        return self.bench.muster("log", "dump", "--state-directory", str(self.bench.state)).out.splitlines()

    def accepted(self):
        self.act("What the stand-in accepted, against a list computed apart from the program")
        with self.bench.client() as client:
            shown = client.call("instance.show", {"instance": INSTANCE})["result"]
        rows = self.bench.inspect(f"/segments/{shown['segment']['crmDataId']}/rows")
        self.compare.same("rows", rows.count(b"\n"), len(self.expected.members))
        self.compare.same("every byte", hashlib.sha256(rows).hexdigest(), hashlib.sha256(self.rows).hexdigest())

    def kill(self):
        self.act("kill -9, and the next command")
        before = self.status()
        os.kill(self.pid, signal.SIGKILL)
        wait_for(lambda: f"ended {self.pid} -9" in self.holder.text(), "the daemon is gone")
        begun = time.monotonic()
        after = self.status()
        self.daemon_pid(2)
        print(f"   a new daemon read the log and answered after {time.monotonic() - begun:.3f} s")
        self.compare.same("position before and after", before["position"], after["position"])
        self.compare.same("state hash before and after", before["stateHash"], after["stateHash"])
        offline = self.bench.ask("log", "replay", "--state-directory", str(self.bench.state), "--hash")
        self.compare.same("state hash of `muster log replay`", offline["stateHash"], before["stateHash"])
        verified = self.bench.muster("log", "verify", "--state-directory", str(self.bench.state))
        self.compare.same("exit status of `muster log verify`", verified.code, 0)

    def status(self):
        return self.bench.ask("status", "--state-hash")

    def stop(self):
        self.act("The end")
        self.compare.same("exit status after SIGTERM", self.holder.stop(), 0)
        endings = [line.split()[2] for line in self.holder.text().splitlines() if line.startswith("ended")]
        self.compare.same("how the two daemons ended", endings, ["-9", "0"])
        leaks = list(self.bench.leaks(self.expected.members))
        self.compare.same("addresses, digests, tokens and signed URLs in any output", leaks, [])


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--programs", default=ROOT / ".build/release", help="the folder of the built programs")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    begun = time.monotonic()
    try:
        with Bench(options.parse_args().programs) as bench:
            compare = Demo(bench).run()
    except (Failure, OSError, json.JSONDecodeError) as problem:
        print(f"\nThe demo stopped: {problem}", file=sys.stderr)
        return 1
    print(f"\n{compare.held} comparisons held, {compare.failed} failed, {time.monotonic() - begun:.1f} s")
    return 1 if compare.failed else 0


if __name__ == "__main__":
    sys.exit(main())
