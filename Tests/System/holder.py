#!/usr/bin/env python3
"""Keeps a listening socket and starts a program on it when a client comes, and again after it ends.

    holder.py SOCKET PROGRAM [ARGUMENT ...]

It stands in for systemd's socket unit: a killed program takes nothing with it, clients wait in the backlog. It prints
`listening`, `started PID` and `ended PID STATUS`. SIGTERM ends the program, then the holder with the program's status,
and removes the socket.
"""

import ctypes
import os
import select
import signal
import socket
import sys
import time

PDEATHSIG = 1
# Much as systemd's TriggerLimit=: a program that fails so often within so many seconds is left alone.
LIMIT, WINDOW = 5, 2.0


def start(listener, command):
    """Starts the program with the listener as descriptor 3, in the way of sd_listen_fds(3)."""
    child = os.fork()
    if child:
        return child
    try:
        # A holder that is killed outright takes the program with it.
        ctypes.CDLL(None).prctl(PDEATHSIG, signal.SIGTERM)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.dup2(listener.fileno(), 3, inheritable=True)
        if listener.fileno() == 3:
            os.set_inheritable(3, True)
        os.closerange(4, 256)
        os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES="command")
        os.execv(command[0], command)
    finally:
        os._exit(127)


class Holder:
    """The loop: wait for a client, start, wait for the end."""

    def __init__(self, path, command):
        self.path, self.command = path, command
        self.child, self.stopping = None, False
        self.failures = []
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(path)
        os.chmod(path, 0o660)
        self.listener.listen(128)
        print("listening", flush=True)
        self.awake, waker = os.pipe()
        os.set_blocking(waker, False)
        signal.set_wakeup_fd(waker)
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)

    def stop(self, *_):
        self.stopping = True
        if self.child is not None:
            os.kill(self.child, signal.SIGTERM)

    def run(self):
        status = 0
        while not self.stopping and status == 0:
            ready, _, _ = select.select([self.listener, self.awake], [], [])
            if self.listener in ready and not self.stopping:
                status = self.serve()
        os.unlink(self.path)
        return status

    def serve(self):
        self.child = start(self.listener, self.command)
        if self.stopping:  # the signal came before the child had a name
            os.kill(self.child, signal.SIGTERM)
        print(f"started {self.child}", flush=True)
        _, status = os.waitpid(self.child, 0)
        code = os.waitstatus_to_exitcode(status)
        print(f"ended {self.child} {code}", flush=True)
        self.child = None
        if self.stopping:
            return abs(code)
        now = time.monotonic()
        self.failures = [one for one in self.failures if now - one < WINDOW] + [now] * (code > 0)
        if len(self.failures) >= LIMIT:
            print("gave up: it fails whenever it is started", flush=True)
            return 1
        return 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: holder.py SOCKET PROGRAM [ARGUMENT ...]")
    sys.exit(Holder(sys.argv[1], sys.argv[2:]).run())
