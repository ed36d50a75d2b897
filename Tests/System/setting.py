"""What scenarios begin with: an audience, people in it, and a connection on which anything can be sent."""

import json
import socket
import struct

from audience import digest
from described import DESCRIBED
from programs import Failure

AUDIENCE = {
    "instance": "acme", "advertiserId": "cxpowqgj", "audienceName": "Acme customers", "region": "US",
    "piiType": "hashedEmail", "minimumMembers": 0}


def configured(bench, **settings):
    """An instance named acme, which may be sent however small it is."""
    with bench.client() as client:
        return client.call("instance.configure", {**AUDIENCE, **settings})


def people(count, start=0):
    return [f"person{number}@example.org" for number in range(start, start + count)]


def fill(bench, count=100):
    """Puts so many people in, and makes them known to the search for leaks."""
    crowd = people(count)
    with bench.client() as client:
        client.call("member.add", {"instance": "acme", "members": crowd})
    bench.people = {digest(one) for one in crowd}
    return bench.people


def bodies(data):
    """The bodies of the whole frames that `data` consists of; none where it is something else."""
    found = []
    while len(data) >= 4:
        length = int.from_bytes(data[:4], "big")
        if not 0 < length <= len(data) - 4:
            return []
        found.append(data[4:4 + length])
        data = data[4 + length:]
    return found


class Wire:
    """A connection on which anything can be sent."""

    def __init__(self, path, timeout=15.0):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(path)
        self.asked = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        for body in bodies(data):
            self.note(body)
        self.socket.sendall(data)

    def note(self, body):
        """Keeps which method was asked under which id, so that the answer can be held to its description."""
        try:
            request = json.loads(body)
            # Two open requests of one id are a mistake, and which of them is answered is not looked at.
            known = request["id"] not in self.asked
            self.asked[request["id"]] = (request["method"], request.get("more") is True) if known else (None, False)
        except (ValueError, KeyError, TypeError, RecursionError):
            pass  # no request, which is what is tested

    def ask(self, request):
        body = request if isinstance(request, bytes) else json.dumps(request).encode()
        self.send(struct.pack(">I", len(body)) + body)

    def reply(self):
        """The next reply, or None where the daemon closed the connection."""
        head = self.take(4)
        if head is None:
            return None
        body = self.take(struct.unpack(">I", head)[0])
        if body is None:
            raise Failure("the connection ended inside a reply")
        reply = json.loads(body)
        method, more = self.asked.get(reply["id"], (None, False))
        DESCRIBED.hold(method, reply, more)
        if "continues" not in reply:
            self.asked.pop(reply["id"], None)
        return reply

    def take(self, count):
        data = b""
        while len(data) < count:
            try:
                piece = self.socket.recv(count - len(data))
            except ConnectionResetError:
                piece = b""
            if not piece:
                return None
            data += piece
        return data
