"""Another user's half frames, unread replies and floods of connections, while an honest client works."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import struct
import time

from programs import Skipped, must, wait_for
from setting import Wire, configured

NOBODY = 65534
CALLS = 600
# Far above what a quiet machine needs, far below what a client would call away.
BOUND = 0.25


def _frame(body):
    data = json.dumps(body).encode()
    return struct.pack(">I", len(data)) + data


def _connected(path):
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.setblocking(False)
    with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
        connection.connect(path)
        return connection
    connection.close()
    return None


def _half_frames(path):
    """As many connections as it gets, each in the middle of a frame."""
    held = []
    while True:
        connection = _connected(path)
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.send(struct.pack(">I", 1000) + b'{"id"')
            held.append(connection)
        while len(held) > 90:
            held.pop(0).close()
        time.sleep(0.0005)


def _unread_replies(path):
    """Asks for much and reads nothing."""
    ask = _frame({"id": 1, "method": "describe"}) + _frame({"id": 2, "method": "instance.list"}) * 20
    held = []
    while True:
        connection = _connected(path)
        if connection is not None:
            held.append(connection)
        while len(held) > 40:
            held.pop(0).close()
        for one in held:
            with contextlib.suppress(OSError):
                one.send(ask)
        time.sleep(0.0005)


def _connections(path):
    """Connects and goes away, again and again."""
    while True:
        connection = _connected(path)
        if connection is not None:
            connection.close()
        else:
            time.sleep(0.0005)


@contextlib.contextmanager
def _attacked(bench, attack):
    """Another user's process that attacks the socket meanwhile."""
    if os.getuid() != 0:
        raise Skipped("another user can only be taken on by root")
    os.chmod(bench.folder, 0o711)
    os.chmod(bench.socket, 0o666)
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            attack(bench.socket)
        finally:
            os._exit(1)
    try:
        yield child
        must(os.waitpid(child, os.WNOHANG) == (0, 0), "the attack ended by itself")
    finally:
        os.kill(child, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)


def _honest(bench, count):
    """The times of so many commands and queries, one after another, in order of length."""
    times = []
    with Wire(bench.socket, timeout=30.0) as wire:
        for number in range(count):
            begun = time.monotonic()
            if number % 2:
                wire.ask({"id": number, "method": "ping"})
            else:
                member = f"person{number}@example.org"
                wire.ask({"id": number, "method": "member.add", "params": {"instance": "acme", "member": member}})
            reply = wire.reply()
            times.append(time.monotonic() - begun)
            must(reply is not None and "result" in reply, f"the honest client was answered {reply}")
    return sorted(times)


def _endures(bench, attack):
    bench.credential()
    daemon = bench.daemon()
    configured(bench)
    with _attacked(bench, attack):
        wait_for(lambda: len(os.listdir(f"/proc/{daemon.pid}/fd")) > 12, "the attack arrives")
        times = _honest(bench, CALLS)
    p99 = times[len(times) * 99 // 100]
    must(p99 < BOUND, f"the honest client's p99 was {p99 * 1000:.0f} ms")
    peak = int(pathlib.Path(f"/proc/{daemon.pid}/status").read_text().split("VmHWM:")[1].split()[0])
    must(peak < 256 * 1024, f"the daemon grew to {peak} KiB")
    print(f"       p99 {p99 * 1000:.1f} ms, longest {times[-1] * 1000:.1f} ms, peak {peak // 1024} MiB", flush=True)


def half_frames_of_another_user_do_not_keep_an_honest_client_waiting(bench):
    _endures(bench, _half_frames)


def replies_that_another_user_does_not_read_do_not_keep_an_honest_client_waiting(bench):
    _endures(bench, _unread_replies)


def connections_of_another_user_that_come_and_go_do_not_keep_an_honest_client_waiting(bench):
    _endures(bench, _connections)


def a_daemon_that_does_not_answer_in_time_is_noticed(bench):
    bench.credential()
    daemon = bench.daemon()
    configured(bench)

    def stopped(_):
        while True:
            time.sleep(1)
    with _attacked(bench, stopped):
        os.kill(daemon.pid, signal.SIGSTOP)
        child = os.fork()
        if child == 0:
            time.sleep(2 * BOUND)
            os.kill(daemon.pid, signal.SIGCONT)
            os._exit(0)
        times = _honest(bench, 2)
        os.waitpid(child, 0)
    must(times[-1] > BOUND, "the harness did not notice a daemon that stood still")
