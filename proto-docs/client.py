#!/usr/bin/env python3
"""A client of musterd: protocol 1, standard library only.

    with Client("/run/musterd/command.sock") as muster:
        muster.call("member.add", {"instance": "acme-us", "member": "jane.doe@example.com"})
        for reply in muster.stream("log.tail", {"from": "start", "follow": True}):
            print(reply["position"], reply["result"])
"""

import errno
import itertools
import json
import socket
import struct
import sys
import time
import uuid

COMMANDS = {"member.add", "member.remove", "instance.configure", "sync.now"}
KINDS = {
    "frame", "request", "protocol", "access", "unknown", "conflict", "rejected", "unavailable", "deadline", "upstream",
    "internal"}

# Why no connection came about, and what to do about it.
UNREACHABLE = {
    errno.ENOENT: ("there is no socket", "Start it (systemctl start musterd.socket), or name another path."),
    errno.EACCES: (
        "permission denied",
        "Join the socket's group (as root, usermod -aG muster USER; for the query socket muster-read), "
        "then log in again."),
    errno.ECONNREFUSED: (
        "nobody listens on this socket",
        "Start it again (systemctl restart musterd.socket); this one was left behind."),
    errno.EAGAIN: (
        "too many connections are waiting already",
        "Try again shortly; systemctl status musterd says whether it is stuck."),
}


class Unreachable(OSError):
    """No connection came about, and nothing was sent; `remedy` says what to do about it."""

    def __init__(self, path, problem):
        reason, self.remedy = UNREACHABLE.get(problem.errno, (problem.strerror, "Look at systemctl status musterd."))
        super().__init__(problem.errno, reason, path)


class MusterError(Exception):
    """The daemon refused; `name` is from errors.md, `error` is all it said."""

    def __init__(self, error):
        super().__init__(f"{error['name']}: {error['message']}")
        self.error = error
        self.name = error["name"]
        self.kind = error["kind"]
        self.details = error["details"]
        self.retryable = error["retryable"]
        self.applied = error["applied"]
        self.remedy = error["remedy"]

    @property
    def family(self):
        """The kind, or `internal` where a later daemon has a new one."""
        return self.kind if self.kind in KINDS else "internal"


class ProtocolError(Exception):
    """What came is not protocol 1."""


class StreamEnded(ConnectionResetError):
    """The connection ended before the stream did; `resume` is the position to go on from, if known."""

    def __init__(self, resume):
        super().__init__("the daemon closed the connection before the stream ended")
        self.resume = resume


class Client:
    """One connection, opened when needed; one request at a time."""

    def __init__(self, path, timeout=30.0):
        self.path, self.timeout = path, timeout
        self.ids, self.file = itertools.count(1), None

    def call(self, method, params=None, **envelope):
        """Sends a request and gives the whole reply: result, position, version and so on.

        A command carries a commandId, so that sending it again after a lost connection is safe.
        """
        request = {"id": next(self.ids), "method": method, "params": params or {}, **envelope}
        if method in COMMANDS:
            request.setdefault("commandId", str(uuid.uuid4()))
        try:
            return self.exchange(request)
        except (ConnectionResetError, BrokenPipeError, TimeoutError):
            self.close()
            return self.exchange(request)

    def stream(self, method, params=None, **envelope):
        """Sends a request for a stream and gives each reply as it comes, whole, the last one included.

        A stream has a connection of its own, which closes when the generator does: that ends the stream. Silence for
        longer than the timeout raises TimeoutError; a stream of the log is never silent for more than 15 seconds.
        """
        with Client(self.path, self.timeout) as other:
            request = {"id": 1, "method": method, "params": params or {}, "more": True, **envelope}
            if method in COMMANDS:
                request.setdefault("commandId", str(uuid.uuid4()))
            resume = None
            other.send(request)
            while True:
                try:
                    reply = other.reply(request)
                except ConnectionResetError:
                    raise StreamEnded(resume) from None
                yield reply
                if not reply.get("continues"):
                    return
                resume = reply["position"] + 1

    def exchange(self, request):
        self.send(request)
        return self.reply(request)

    def send(self, request):
        if self.file is None:
            self.file = self.connect()
        body = json.dumps(request).encode()
        try:
            self.file.write(struct.pack(">I", len(body)) + body)
            self.file.flush()
        except (BrokenPipeError, ConnectionResetError):
            pass  # a daemon that closes at once has said why, and that can still be read

    def reply(self, request):
        while True:
            reply = self.frame()
            if reply["id"] not in (request["id"], None):
                continue  # the answer to a request that was given up
            if "error" in reply:
                raise MusterError(reply["error"])
            return reply

    def frame(self):
        """The next frame, as JSON."""
        head = self.receive(4)
        if head[0] != 0 or head == bytes(4):
            raise ProtocolError(f"no frame begins with {head.hex()}")
        try:
            reply = json.loads(self.receive(struct.unpack(">I", head)[0]))
        except ValueError as problem:
            raise ProtocolError(f"a reply is not JSON: {problem}") from None
        if not isinstance(reply, dict) or "id" not in reply or ("result" in reply) == ("error" in reply):
            raise ProtocolError("a reply has neither result nor error, or both")
        return reply

    def connect(self):
        """A connected stream; while the socket's queue is full, tries again until the timeout."""
        deadline = time.monotonic() + self.timeout
        while True:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.settimeout(self.timeout)
                connection.connect(self.path)
                return connection.makefile("rwb")  # it keeps the connection open
            except BlockingIOError as problem:
                if time.monotonic() >= deadline:
                    raise Unreachable(self.path, problem) from None
                time.sleep(0.05)
            except TimeoutError:
                raise
            except OSError as problem:
                raise Unreachable(self.path, problem) from None
            finally:
                connection.close()

    def receive(self, count):
        data = self.file.read(count)
        if len(data) < count:
            raise ConnectionResetError("the daemon closed the connection before it answered")
        return data

    def close(self):
        file, self.file = self.file, None
        if file is not None:
            try:
                file.close()
            except OSError:
                pass  # what could not be sent is of no use any more

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def main(arguments):
    if len(arguments) not in (2, 3):
        print("usage: client.py SOCKET METHOD [JSON]", file=sys.stderr)
        return 2
    path, method, *rest = arguments
    try:
        with Client(path) as client:
            print(json.dumps(client.call(method, json.loads(rest[0]) if rest else {}), indent=2))
            return 0
    except (MusterError, ProtocolError, OSError, ValueError) as problem:
        print(problem, file=sys.stderr)
        if remedy := getattr(problem, "remedy", ""):
            print(remedy, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
