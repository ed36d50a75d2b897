"""TLS is verified, and a proxy carries the API and the upload without seeing into them."""

import contextlib
import socket
import socketserver
import threading

from front import Front, certified
from programs import must, wait_for
from setting import configured, fill


class Proxy(socketserver.ThreadingTCPServer):
    """Tunnels, or refuses to; keeps every byte it sees."""

    daemon_threads = True

    def __init__(self, refusal=None):
        self.refusal, self.asked, self.seen = refusal, [], []
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.address = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class _Tunnel(socketserver.StreamRequestHandler):
    def handle(self):
        head = b""
        while line := self.rfile.readline().strip():
            head += line + b"\n"
        self.server.asked.append(head.decode())
        if self.server.refusal:
            self.wfile.write(self.server.refusal)
            return
        host, port = head.split()[1].decode().rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=60) as far:
            self.wfile.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = threading.Thread(target=self.pump, args=(far, self.connection))
            back.start()
            self.pump(self.connection, far)
            back.join()

    def pump(self, near, far):
        with contextlib.suppress(OSError):  # either side may go away first
            while piece := near.recv(65536):
                self.server.seen.append(piece)
                far.sendall(piece)
            far.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def _secured(bench):
    """The stand-in behind TLS, its upload addresses too; gives the front and the root to trust."""
    bench.sandbox()
    context, roots = certified(bench.folder, "good", "IP:127.0.0.1")

    def named(exchange):
        plain, secure = f"http://{front.authority}", f"https://{front.authority}"
        exchange.answer = exchange.answer.replace(plain.encode(), secure.encode())
    with Front(bench.endpoint, after=named, context=context) as front:
        bench.credential(f"endpoint {front.endpoint}")
        yield front, roots


def a_proxy_carries_api_and_upload_and_sees_into_neither(bench):
    with _secured(bench) as (front, roots), Proxy() as proxy:
        bench.daemon("--endpoint-ca", str(roots), MUSTERD_HTTPS_PROXY=proxy.address)
        configured(bench)
        fill(bench, 500)
        bench.muster("sync", "now", "acme", "--wait")
        must(len(front.seen("PUT /upload")) == 1, "the list was not uploaded once")
        must(front.connections == len(proxy.asked) > 0, f"{front.connections} connections, {len(proxy.asked)} asked for")
        must(all(one.startswith(f"CONNECT {front.authority} ") for one in proxy.asked), f"asked for: {proxy.asked}")
        seen = "".join(proxy.asked).encode() + b"".join(proxy.seen)
        for secret in (bench.token, "TTD-Auth", "ttd-auth", "crmdata", "Signature"):
            must(secret.encode() not in seen, f"the proxy saw {secret[:10]}")
        must(any(bench.token in str(one.headers) for one in front.exchanges), "the front never saw the token")


def a_proxy_that_refuses_is_told_and_passed_by_nobody(bench):
    with _secured(bench) as (front, roots), Proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") as proxy:
        bench.daemon("--endpoint-ca", str(roots), MUSTERD_HTTPS_PROXY=proxy.address)
        configured(bench)
        said = bench.muster("instance", "check", "acme", expect=(7,))
        must("no connection could be made through to the host" in said.out + said.err, f"it said {said.out}{said.err}")
        must(len(proxy.asked) == 1 and front.connections == 0, "the proxy was passed by")


def a_certificate_of_unknown_roots_is_refused_until_they_are_given(bench):
    with _secured(bench) as (front, roots):
        first = bench.daemon()
        configured(bench)
        said = bench.muster("instance", "check", "acme", expect=(7,))
        must("no trusted TLS connection" in said.out + said.err, f"it said {said.out}{said.err}")
        must(front.connections == 1 and not front.exchanges, "something was sent")
        must(first.stop() == 0, "the daemon did not end well")
        bench.daemon("--endpoint-ca", str(roots))
        bench.muster("instance", "check", "acme")
        wait_for(lambda: front.exchanges, "the check arrives")


def a_proxy_that_is_shown_a_token_is_noticed(bench):
    """A plain request through it shows what the search above would find."""
    with Proxy(b"HTTP/1.1 502 Bad Gateway\r\n\r\n") as proxy:
        with socket.create_connection(proxy.server_address) as client:
            client.sendall(f"GET http://ttd.test/v3 HTTP/1.1\r\nTTD-Auth: {bench.token}\r\n\r\n".encode())
            client.recv(100)
        must(bench.token in "".join(proxy.asked), "the proxy keeps nothing")
