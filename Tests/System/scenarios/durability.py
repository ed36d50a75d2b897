"""What was acknowledged is there, whenever the power of a signal comes."""

import json
import os
import random
import signal
import struct
import threading

from programs import must, wait_for
from scenarios.activation import daemon_pid
from setting import Wire, configured

ROUNDS, WINDOW = 20, 64


def everything_acknowledged_before_a_kill_is_there_after_it_20_times(bench):
    """P-DURABLE-1"""
    bench.credential()
    holder = bench.holder()
    configured(bench)
    chance = random.Random(os.environ.get("MUSTER_SEED", "1"))
    acknowledged, sent = [], 0
    for number in range(1, ROUNDS + 1):
        sent = stream_until_killed(bench, daemon_pid(holder, number), chance, acknowledged, sent)
        wait_for(lambda: holder.text().count("ended") == number, "the kill")
        lost = [one for one, there in zip(acknowledged, present(bench, acknowledged)) if not there]
        must(not lost, f"round {number}: {len(lost)} of {len(acknowledged)} acknowledged members are gone")
    must(len(acknowledged) > ROUNDS, "too little was acknowledged to say anything")
    must(holder.stop() == 0, f"the last daemon did not end well: {holder.text()}")
    bench.muster("log", "verify", "--state-directory", str(bench.state))


def stream_until_killed(bench, pid, chance, acknowledged, sent):
    """Adds one member a command, many under way at once, until the connection is gone."""
    killer = threading.Timer(chance.uniform(0.002, 0.08), os.kill, (pid, signal.SIGKILL))
    under_way = {}
    with Wire(bench.socket) as wire:
        killer.start()
        try:
            while True:
                frames = b""
                while len(under_way) < WINDOW:
                    sent += 1
                    under_way[sent] = f"member{sent}@example.org"
                    body = json.dumps({
                        "id": sent, "method": "member.add", "commandId": f"c{sent}",
                        "params": {"instance": "acme", "member": under_way[sent]}}).encode()
                    frames += struct.pack(">I", len(body)) + body
                wire.send(frames)
                reply = wire.reply()
                if reply is None:
                    return sent
                must(reply.get("result", {}).get("added") == 1, f"a strange answer: {reply}")
                acknowledged.append(under_way.pop(reply["id"]))
        except (BrokenPipeError, ConnectionResetError):
            return sent
        finally:
            killer.join()


def present(bench, members):
    """Whether each of `members` is in, asked of the next daemon in one go."""
    answers = {}
    with Wire(bench.socket) as wire:
        for start in range(0, len(members), WINDOW):
            part = members[start:start + WINDOW]
            for index, member in enumerate(part, start):
                wire.ask({"id": index, "method": "member.show", "params": {"instance": "acme", "member": member}})
            for _ in part:
                reply = wire.reply()
                answers[reply["id"]] = reply["result"]["member"]
    return [answers[index] for index in range(len(members))]


def a_command_repeated_after_a_kill_is_applied_once(bench):
    """P-ID-2, P-ID-5, P-REPLY-6, P-DURABLE-4"""
    bench.credential()
    holder = bench.holder()
    configured(bench)
    add = {"instance": "acme", "members": ["one@example.org", "two@example.org", "no member"]}
    with bench.client() as client:
        first = client.call("member.add", add, commandId="twice")
    os.kill(daemon_pid(holder, 1), signal.SIGKILL)
    with bench.client() as client:
        again = client.call("member.add", add, commandId="twice")
    must(again.get("replayed") is True, "the second answer does not say that it is one")
    for field in ("position", "version", "result"):
        must(first[field] == again[field], f"{field} was {first[field]} and is {again[field]}")
