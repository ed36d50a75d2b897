"""What scenarios begin with: an audience, people in it, and a connection on which anything can be sent."""

import json
import socket
import struct

from audience import digest
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


class Wire:
    """A connection on which anything can be sent."""

    def __init__(self, path, timeout=15.0):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

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
        return json.loads(body)

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
