"""Frames that a seeded mutator made from honest ones: none ends the daemon, grows it, or keeps another client waiting."""

import json
import os
import pathlib
import random
import signal
import socket
import struct
import threading

from programs import ROOT, Failure, must
from setting import Wire, configured

FRAMES = 1_000_000
# Fewer than the requests that a connection may leave open: streams and waits are among the mutants.
BATCH = 60
MEMORY_KIB = 256 * 1024
SEED = os.environ.get("MUSTER_SEED", "1")


def _honest():
    """The bodies of the published examples, and some that are more to a mutator's taste."""
    bodies = []
    for path in sorted((ROOT / "proto-docs" / "examples").glob("*.json")):
        example = json.loads(path.read_text())
        request = example.get("request")
        if isinstance(request, dict):
            bodies.append(json.dumps(request).encode())
    must(len(bodies) > 10, "there are no examples to change")
    crowd = [f"person{number}@example.org" for number in range(40)]
    bodies.append(json.dumps({"id": 1, "method": "member.add", "params": {"instance": "acme", "members": crowd}}).encode())
    bodies.append(b'{"id":1,"method":"ping","params":{"a":' + b"[" * 40 + b"]" * 40 + b"}}")
    bodies.append('{"id":"ä😀\\ud83d\\ude00","method":"status","params":{"stateHash":true}}'.encode())
    return bodies


class Mutator:
    """The same frames for the same seed."""

    PIECES = [b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"null", b"-0", b"1e9", b"0.5", b"9007199254740992",
              b"\\u0000", b"\\ud800", b"\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"\0", b"\n", b'"id":1,', b"@", b"A" * 300]

    def __init__(self, seed):
        self.random, self.bodies = random.Random(seed), _honest()

    def body(self):
        chance = self.random
        body = bytearray(chance.choice(self.bodies))
        for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 6))):
            at = chance.randrange(len(body) + 1)
            kind = chance.randrange(6)
            if kind == 0 and at < len(body):
                body[at] ^= 1 << chance.randrange(8)
            elif kind == 1:
                del body[at:at + chance.randrange(12)]
            elif kind == 2:
                body[at:at] = chance.choice(self.PIECES)
            elif kind == 3:
                start = chance.randrange(len(body) + 1)
                body[at:at] = body[start:start + chance.randrange(30)]
            elif kind == 4:
                other = chance.choice(self.bodies)
                start = chance.randrange(len(other))
                body[at:] = other[start:]
            else:
                del body[at:]
        return bytes(body) or b" "

    def batch(self, count):
        return b"".join(
            struct.pack(">I", len(body)) + body for body in (self.body() for _ in range(count)))


def _drain(connection, until, outcome):
    """Reads replies until the one that ends with the mark, or the connection's end."""
    tail = b""
    try:
        while until not in tail:
            piece = connection.recv(1 << 18)
            if not piece:
                return
            tail = tail[-len(until):] + piece
        outcome.append(True)
    except OSError as error:
        outcome.append(error)


def _send(path, batch, number):
    """Sends the frames and a ping, and reads everything; false where the daemon closed the connection."""
    mark = f"mark{number}"
    ping = json.dumps({"id": mark, "method": "ping"}).encode()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(30)
        connection.connect(path)
        outcome = []
        reader = threading.Thread(target=_drain, args=(connection, f'"{mark}"'.encode(), outcome))
        reader.start()
        try:
            connection.sendall(batch + struct.pack(">I", len(ping)) + ping)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the daemon may close what is no frame
        reader.join()
    if outcome and outcome[0] is not True:
        raise Failure(f"the daemon did not answer: {outcome[0]}")
    return bool(outcome)


def _attack(bench, daemon, frames):
    """Sends so many frames; a tenth of a percent have a wrong head and lose their connection."""
    mutator, sent, closed = Mutator(SEED), 0, 0
    while sent < frames:
        batch, count = mutator.batch(BATCH), BATCH
        if mutator.random.randrange(20) == 0:
            batch += mutator.random.choice((b"\0\0\0\0", b"GET / HTTP/1.1\r\n\r\n", b"{}", b"\xff" * 9, b"\x01\0\0\0"))
            count += 1
        if not _send(bench.socket, batch, sent):
            closed += 1
        sent += count
        if daemon.process.poll() is not None:
            raise Failure(f"the daemon ended with {daemon.process.returncode} within {sent} frames")
        if mutator.random.randrange(10) == 0:
            with Wire(bench.socket, timeout=10.0) as honest:
                honest.ask({"id": 1, "method": "ping"})
                must(honest.reply() is not None, f"an honest client was not served after {sent} frames")
    return sent, closed


def a_million_mutated_frames_end_nothing_grow_nothing_and_keep_nobody_waiting(bench):
    bench.credential()
    daemon = bench.daemon()
    configured(bench)
    sent, closed = _attack(bench, daemon, FRAMES)
    status = pathlib.Path(f"/proc/{daemon.pid}/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0])
    must(peak < MEMORY_KIB, f"the daemon grew to {peak} KiB")
    must(daemon.stop() == 0, "the daemon did not end well")
    bench.muster("log", "verify", "--state-directory", str(bench.state))
    print(f"       {sent} frames, {closed} connections closed for a wrong head, peak {peak // 1024} MiB", flush=True)


a_million_mutated_frames_end_nothing_grow_nothing_and_keep_nobody_waiting.seconds = 400


def a_daemon_that_ends_under_mutated_frames_is_noticed(bench):
    bench.credential()
    daemon = bench.daemon()
    configured(bench)
    killer = threading.Timer(0.5, os.kill, (daemon.pid, signal.SIGKILL))
    killer.start()
    try:
        _attack(bench, daemon, FRAMES)
    except (Failure, OSError):
        return
    finally:
        killer.join()
    raise Failure("the harness did not notice that the daemon was gone")
