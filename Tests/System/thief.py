"""A listener that no token and no list may come to, what a thief would try to lead them there, and how it is judged."""

import contextlib
import re
import socket
import threading

from programs import must


class Listener:
    """The thief's: takes every connection and keeps what it hears."""

    def __enter__(self):
        self.heard, self.server = [], socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.server.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown(socket.SHUT_RDWR)  # without it the thread would go on waiting
        self.thread.join()
        self.server.close()

    def listen(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return  # the scenario is over
            connection.settimeout(1)
            with connection, contextlib.suppress(OSError):
                self.heard.append(b"")
                self.heard[-1] = connection.recv(65536)

    def must_have_heard_nothing(self):
        must(not self.heard, f"the listener had {len(self.heard)} connections: {self.heard[:1]}")


def baits(thief):
    return [
        f"@{thief.address}", f"x@{thief.address}/", f"//{thief.address}/", f"http://{thief.address}/v3",
        "?pagingToken=x", "#x", "x%2f..%2f..", "../../..", "..", "\uff0e\uff0e\uff0f", "\u2024\u2024/",
        f"\\\\{thief.address}\\x", "a b", f"a\r\nHost: {thief.address}",
        f"x HTTP/1.1\r\nHost: {thief.address}\r\n\r\n", "a\0b", "a\u0085b", ""]


def only_right_requests(front, thief, advertisers):
    """Every request went to one of the known paths, percent-encoded, with one Host and the token for the API only."""
    part, one = "(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+", "|".join(advertisers)
    api = re.compile(
        rf"/v3/crmdata/(segment/({one})(\?pagingToken={part}|/{part}(/{part})?)?|targeting/segment)")
    upload = re.compile(rf"/upload/data/advertiser/({one})/drop/[0-9a-f-]{{36}}/pii\?[A-Za-z0-9&=-]+")
    must(front.exchanges, "nothing was asked")
    for exchange in front.exchanges:
        names = [name.lower() for name, _ in exchange.headers]
        must((api if exchange.is_api else upload).fullmatch(exchange.target), f"it asks {exchange.target}")
        must(not re.search(r"/\.\.?(/|\?|$)", exchange.target), f"it steps aside: {exchange.target}")
        hosts = [value for name, value in exchange.headers if name.lower() == "host"]
        must(hosts == [front.authority], f"{exchange} names the hosts {hosts}")
        must(("ttd-auth" in names) == exchange.is_api, f"{exchange} has {names}")
    thief.must_have_heard_nothing()
