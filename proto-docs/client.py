#!/usr/bin/env python3
"""A client of musterd: protocol 1, standard library only.

    with Client("/run/musterd/command.sock") as muster:
        muster.call("member.add", {"instance": "acme-us", "member": "jane.doe@example.com"})
"""

import itertools
import json
import socket
import struct
import sys
import uuid

COMMANDS = {"member.add", "member.remove", "instance.configure", "sync.now"}
KINDS = {
    "frame", "request", "protocol", "access", "unknown", "conflict", "rejected", "unavailable", "deadline", "upstream",
    "internal"}


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


class Client:
    """One connection, opened when needed; one request at a time."""

    def __init__(self, path, timeout=30.0):
        self.path, self.timeout = path, timeout
        self.ids, self.stream = itertools.count(1), None

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

    def exchange(self, request):
        if self.stream is None:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(self.timeout)
            connection.connect(self.path)
            self.stream = connection.makefile("rwb")
            connection.close()  # the stream keeps it open
        body = json.dumps(request).encode()
        self.stream.write(struct.pack(">I", len(body)) + body)
        self.stream.flush()
        while True:
            reply = self.reply()
            if reply["id"] not in (request["id"], None):
                continue  # the answer to a request that was given up
            if "error" in reply:
                raise MusterError(reply["error"])
            return reply

    def reply(self):
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

    def receive(self, count):
        data = self.stream.read(count)
        if len(data) < count:
            raise ConnectionResetError("the daemon closed the connection before it answered")
        return data

    def close(self):
        stream, self.stream = self.stream, None
        if stream is not None:
            try:
                stream.close()
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
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
