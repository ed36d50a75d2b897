"""Streams: the log as it stands and as it grows, lists of members, and a sync that is followed."""

import base64
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import threading
import time

import client
from programs import Failure, MusterError, must, wait_for
from scenarios.activation import daemon_pid
from setting import Wire, configured, fill, people


def _events(replies):
    return [one["position"] for reply in replies for one in reply["result"].get("events", [])]


class _Tail(threading.Thread):
    """Reads a stream of the log until it has told a position, or ends."""

    def __init__(self, bench, until=None, **params):
        super().__init__(daemon=True)
        self.bench, self.until, self.params = bench, until, params
        self.replies, self.failure = [], None
        self.start()

    def run(self):
        try:
            with self.bench.client(timeout=60.0) as asking:
                for reply in asking.stream("log.tail", {"follow": True, **self.params}):
                    self.replies.append(reply)
                    if self.until and reply["position"] >= self.until:
                        return
        except Exception as failure:  # shown by whoever joins the thread
            self.failure = failure

    def caught_up(self):
        return wait_for(lambda: any("caughtUp" in one["result"] for one in self.replies), "the stream catches up")

    def done(self, seconds=60.0):
        self.join(seconds)
        must(not self.is_alive(), f"the stream told {len(_events(self.replies))} events and goes on")
        if self.failure:
            raise self.failure
        return _events(self.replies)


def _write(bench, start, count):
    """Adds so many people, each by a command of its own, some at a time."""
    with Wire(bench.socket) as wire:
        for number in range(start, start + count):
            wire.ask({
                "id": number, "method": "member.add",
                "params": {"instance": "acme", "member": f"person{number}@example.org"}})
        for _ in range(count):
            must("result" in wire.reply(), "a command was refused")


def every_event_is_told_once_and_in_order_while_others_write(bench):
    """P-STREAM-3"""
    bench.credential()
    bench.daemon()
    configured(bench)
    for batch in range(30):
        _write(bench, batch * 100, 100)
    tails = [_Tail(bench, until=6001) for _ in range(3)]
    writers = [threading.Thread(target=_write, args=(bench, 3000 + 1000 * n, 1000)) for n in range(3)]
    for one in writers:
        one.start()
    late = _Tail(bench, until=6001, **{"from": 2500})
    for one in writers:
        one.join()
    for tail in tails:
        must(tail.done() == list(range(1, 6002)), "an event is missing, came twice or out of order")
        caught = [one["result"]["caughtUp"] for one in tail.replies if "caughtUp" in one["result"]]
        must(len(caught) == 1, f"caughtUp came {len(caught)} times")
    must(late.done() == list(range(2500, 6002)), "from a position the events differ")


def the_events_are_those_of_the_export_without_people(bench):
    bench.sandbox()
    bench.daemon()
    configured(bench)
    fill(bench)
    bench.muster("sync", "now", "acme", "--wait")
    with bench.client() as asking:
        told = [one for reply in asking.stream("log.tail") for one in reply["result"].get("events", [])]
        pages, start = [], 1
        while True:
            page = asking.call("log.tail", {"from": start})
            pages += page["result"]["events"]
            start = page["result"]["next"]
            if start > page["position"]:
                break
    exported = bench.muster("log", "export", "--state-directory", str(bench.state)).out
    want = [json.loads(line) for line in exported.splitlines()]
    for one in want:
        del one["segment"], one["offset"]
    must(told == want, "the stream tells other events than muster log export")
    must([list(one) for one in told] == [list(one) for one in want], "the fields stand in another order")
    must(pages == want, "the pages hold other events")


def a_kill_in_the_middle_loses_and_repeats_nothing(bench):
    """P-STREAM-6, P-STREAM-9"""
    bench.credential()
    holder = bench.holder()
    configured(bench)
    told, start = [], 1
    for round in range(1, 4):
        tail = _Tail(bench, **{"from": start})
        tail.caught_up()
        pid = daemon_pid(holder, round)
        killed = threading.Event()

        def write():
            with contextlib.suppress(Failure, OSError, TypeError):
                for batch in range(200):
                    _write(bench, round * 100_000 + batch * 20, 20)
                    if killed.is_set():
                        return

        writer = threading.Thread(target=write)
        writer.start()
        wait_for(lambda: len(_events(tail.replies)) > 200, "events while others write")
        os.kill(pid, signal.SIGKILL)
        killed.set()
        tail.join(20)
        writer.join(60)
        must(isinstance(tail.failure, client.StreamEnded), f"the stream ended by {tail.failure!r}")
        told += _events(tail.replies)
        start = tail.failure.resume
        must(start == tail.replies[-1]["position"] + 1, "it names another position to go on from")
    with bench.client() as asking:
        end = asking.call("ping")["position"]
    last = _Tail(bench, until=end, **{"from": start})
    told += last.done()
    must(told == list(range(1, end + 1)), "an event was lost or told twice")


def _memory(program):
    status = pathlib.Path(f"/proc/{program.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def a_client_that_does_not_read_costs_little_and_is_told_where_to_go_on(bench):
    """P-STREAM-7"""
    bench.credential()
    program = bench.daemon()
    configured(bench)
    for batch in range(20):
        _write(bench, batch * 1000, 1000)
    before = _memory(program)
    with contextlib.ExitStack() as stack:
        wires = [stack.enter_context(Wire(bench.socket, timeout=60.0)) for _ in range(10)]
        for wire in wires:
            wire.ask({"id": 1, "method": "log.tail", "params": {"follow": True}, "more": True})
        begun = time.monotonic()
        while time.monotonic() - begun < 13:
            _write(bench, 100_000 + int((time.monotonic() - begun) * 1000) * 100, 50)
            time.sleep(0.2)
        grown = _memory(program) - before
        must(grown < 64 * 1024, f"ten streams that nobody reads took {grown} KiB")
        for wire in wires:
            told = []
            while True:
                reply = wire.reply()
                must(reply is not None, "closed without a word")
                if "error" in reply:
                    break
                told += [one["position"] for one in reply["result"].get("events", [])]
            must(reply["error"]["name"] == "stream.lagged", f"it ended by {reply['error']['name']}")
            resume = reply["error"]["details"]["resumeFrom"]
            must(told == list(range(1, resume)), f"{len(told)} events were sent, and it says {resume}")
            wire.ask({"id": 2, "method": "ping"})
            must(wire.reply()["result"] == {}, "the connection does not go on")
    with bench.client() as asking:
        rest = _events(asking.stream("log.tail", {"from": resume}))
        end = asking.call("ping")["position"]
    must(told + rest == list(range(1, end + 1)), "going on from there, an event is lost or told twice")


def a_quiet_stream_says_that_it_still_is_there(bench):
    bench.credential()
    bench.daemon()
    configured(bench)
    with Wire(bench.socket, timeout=30.0) as wire:
        wire.ask({"id": 1, "method": "log.tail", "params": {"from": "end", "follow": True}, "more": True})
        must(wire.reply()["result"] == {"caughtUp": 1}, "it has not caught up")
        begun = time.monotonic()
        must(wire.reply()["result"] == {"heartbeat": 1}, "no heartbeat")
        took = time.monotonic() - begun
        must(14 < took < 17, f"the heartbeat came after {took:.1f} s")


a_quiet_stream_says_that_it_still_is_there.waits = True


def the_list_of_members_is_the_list_that_would_be_sent(bench):
    bench.credential()
    bench.daemon()
    configured(bench)
    configured(bench, instance="plain", piiType="email", audienceName="Addresses")
    known = set(fill(bench, 3000))
    with bench.client() as asking:
        asking.call("member.remove", {"instance": "acme", "members": people(500)})
        asking.call("member.add", {"instance": "plain", "members": people(700, 200)})
        streams = {}
        for name in ("acme", "plain"):
            replies = list(asking.stream("member.list", {"instance": name, "limit": 300}))
            must(len({one["position"] for one in replies}) == 1, "a stream tells of more than one position")
            streams[name] = [bytes.fromhex(one) for reply in replies for one in reply["result"]["members"]]
            must(replies[-1]["result"]["count"] == len(streams[name]), "the count is another")
            pages, start = [], {}
            while True:
                page = asking.call("member.list", {"instance": name, "limit": 1000, **start})["result"]
                pages += page["members"]
                if page["next"] is None:
                    break
                start = {"from": page["next"]}
            must([bytes.fromhex(one) for one in pages] == streams[name], "the pages differ from the stream")
    bench.people = known | set(streams["plain"])
    upload = bench.folder / "upload"
    bench.muster("log", "replay", "--state-directory", str(bench.state), "--upload", "acme", "-o", str(upload))
    rows = [base64.b64decode(line) for line in upload.read_bytes().splitlines()]
    must(len(rows) == 2500, f"the upload has {len(rows)} rows")
    must(streams["acme"] == rows, "member.list differs from the list that would be sent")
    must(len(streams["plain"]) == 700 and streams["plain"] == sorted(streams["plain"]), "addresses are listed wrong")
    listed = bench.folder / "listed"
    bench.muster("member", "list", "acme", "-o", str(listed))
    must(listed.read_text().splitlines() == [row.hex() for row in rows], "muster member list writes something else")
    must(listed.stat().st_mode & 0o777 == 0o600, "others may read the list")
    again = bench.muster("member", "list", "acme", "-o", str(listed), expect=(2,))
    must("--force" in again.err, "it does not say how to write over a file")
    piped = subprocess.run(
        [bench.path("muster"), "member", "list", "acme", "--socket", bench.socket], capture_output=True, timeout=60)
    must(piped.stdout == listed.read_bytes(), "a pipe gets something else")
    bench.muster("member", "list", "nobody", "-o", str(bench.folder / "none"), expect=(5,))
    must(not (bench.folder / "none").exists(), "a refused list left a file behind")


def a_sync_that_is_followed_tells_every_step_to_its_end(bench):
    bench.sandbox()
    bench.daemon()
    configured(bench)
    fill(bench)
    with bench.client(timeout=60.0) as asking:
        replies = list(asking.stream("sync.now", {"instance": "acme"}, commandId="s1"))
        run = replies[0]["result"]["run"]
        must(replies[0]["result"] == {"run": run}, f"it begins with {replies[0]['result']}")
        states = [one["result"]["state"] for one in replies[1:]]
        must(states[-1] == "succeeded" and set(states[:-1]) <= {"requested", "running"}, f"states {states}")
        steps = [one["result"]["step"] for one in replies[1:-1]]
        order = ["freeze", "segment", "drop", "upload"]
        must([order.index(one) for one in steps] == sorted(order.index(one) for one in steps), f"steps {steps}")
        must("upload" in steps, f"steps {steps}")
        shown = asking.call("sync.show", {"run": run})["result"]
        last = {**replies[-1]["result"], "dropStatus": shown["dropStatus"]}
        must(last == shown, "the last reply is not the run")
        again = list(asking.stream("sync.now", {"instance": "acme"}, commandId="s1"))
        must(again[0]["replayed"] and again[0]["result"] == {"run": run}, "the run is not found again")
        must(again[-1]["result"]["state"] == "succeeded" and len(again) == 2, "its end is not told again")
        try:
            list(asking.stream("sync.now", {"instance": "acme"}))
            must(False, "a second upload within the hour was begun")
        except MusterError as refusal:
            must(refusal.name == "sync.too_soon", f"it was refused by {refusal.name}")


def closing_the_stream_of_a_sync_does_not_undo_it(bench):
    """P-STREAM-4, P-DURABLE-4"""
    bench.sandbox()
    bench.daemon()
    configured(bench)
    fill(bench)
    with bench.client(timeout=60.0) as asking:
        stream = asking.stream("sync.now", {"instance": "acme"})
        run = next(stream)["result"]["run"]
        stream.close()
        wait_for(
            lambda: asking.call("sync.show", {"run": run})["result"]["state"] == "succeeded", "the run goes on")
