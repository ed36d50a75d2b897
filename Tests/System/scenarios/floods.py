"""Clients that ask for much at once, or end their side early."""

import json
import pathlib
import socket
import struct
import time

from programs import must
from setting import Wire, configured, fill


def frame(number, method, params):
    body = json.dumps({"id": number, "method": method, "params": params}).encode()
    return struct.pack(">I", len(body)) + body


def adds(count):
    return b"".join(
        frame(number, "member.add", {"instance": "acme", "member": f"person{number}@example.org"})
        for number in range(count))


def replies(wire, count):
    return [wire.reply() for _ in range(count)]


def a_burst_of_small_commands_on_a_new_log_makes_no_file_for_each(bench):
    bench.credential()
    bench.daemon()
    configured(bench)
    with Wire(bench.socket) as wire:
        wire.send(adds(3500))
        taken = replies(wire, 3500)
    must(None not in taken and all("result" in one for one in taken), "a command was not answered")
    segments = sorted(path.name for path in (bench.state / "log").iterdir())
    must(len(segments) <= 2, f"the burst made {segments}")


def a_client_that_ends_its_side_gets_every_reply(bench):
    bench.credential()
    bench.daemon()
    configured(bench)
    with Wire(bench.socket) as wire:
        wire.send(adds(300) + frame(300, "sync.plan", {"instance": "acme"}))
        wire.socket.shutdown(socket.SHUT_WR)
        taken = replies(wire, 301)
        must(None not in taken, "the connection closed before all replies")
        must(wire.reply() is None, "the connection stays open")


def a_client_that_reads_gets_more_replies_than_a_turn_holds(bench):
    """P-LIMIT-2"""
    bench.credential()
    bench.daemon()
    configured(bench)
    with Wire(bench.socket) as wire:
        wire.send(b"".join(
            frame(number, "instance.configure", {
                "instance": f"i{number}", "advertiserId": "adv", "audienceName": f"name {number}",
                "region": "EU", "piiType": "hashedEmail"}) for number in range(900)))
        must(None not in replies(wire, 900), "an instance was not answered")
        wire.send(b"".join(frame(number, "instance.list", {}) for number in range(60)))
        taken = replies(wire, 60)
    must(None not in taken, "the connection was closed though the client reads")


def a_client_that_asks_for_hundreds_of_plans_does_not_keep_another_waiting(bench):
    bench.credential()
    bench.daemon()
    configured(bench)
    with Wire(bench.socket) as flood, Wire(bench.socket) as other:
        flood.send(b"".join(frame(number, "sync.plan", {"instance": "acme"}) for number in range(500)))
        other.ask({"id": 1, "method": "ping"})
        must(other.reply()["result"] == {}, "the other client was not answered")
        must(None not in replies(flood, 500), "a plan was not answered")


def what_clients_asked_that_have_gone_is_not_computed_for_nobody(bench):
    bench.credential()
    daemon = bench.daemon()
    configured(bench)
    fill(bench, 50_000)
    for _ in range(150):
        with Wire(bench.socket) as flood:
            flood.send(b"".join(frame(number, "sync.plan", {"instance": "acme"}) for number in range(60)))
            flood.ask({"id": 100, "method": "ping"})
            flood.reply()
    with Wire(bench.socket) as last:
        last.ask({"id": 1, "method": "sync.plan", "params": {"instance": "acme"}})
        # A run is not to wait for them either, nor the daemon's end for the run.
        last.ask({"id": 2, "method": "sync.now", "params": {"instance": "acme"}})
        must(last.reply() is not None, "nothing was answered")
        must(daemon.stop(10.0) == 0, "the daemon did not end well")
    said = daemon.text()
    must("EventLoop" not in said, f"something was computed when nobody could take it: {said}")


def a_client_that_does_not_read_is_closed_and_costs_no_more_than_its_limit(bench):
    bench.credential()
    program = bench.daemon()
    configured(bench)
    with Wire(bench.socket) as wire, Wire(bench.socket) as other:
        wire.socket.setblocking(False)
        bad = frame(1, "member.add", {"instance": "acme", "members": ["x"] * 1000})
        end = time.monotonic() + 14
        while time.monotonic() < end:
            try:
                wire.socket.send(bad)
            except BlockingIOError:
                other.ask({"id": 1, "method": "ping"})
                must(other.reply() is not None, "the other client was not answered")
                time.sleep(0.1)
            except (BrokenPipeError, ConnectionResetError):
                break
        else:
            must(False, "the client was not closed")
    status = pathlib.Path(f"/proc/{program.pid}/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0])
    must(peak < 256 * 1024, f"the daemon grew to {peak} KiB")
