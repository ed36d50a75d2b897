"""Stands between the daemon and the stand-in for TTD: sees every exchange, breaks or rewrites what it is told to."""

import http.client
import http.server
import socket
import ssl
import struct
import subprocess
import threading
import urllib.parse

from programs import must


class Exchange:
    """One request as it came, and the answer to it once there is one."""

    def __init__(self, handler, body):
        self.method, self.target = handler.requestline.split(" ")[:2]
        self.headers, self.body = list(handler.headers.items()), body
        self.status, self.reason, self.answer_headers, self.answer = 0, "", [], b""

    @property
    def is_api(self):
        return self.target.startswith("/v3/")

    def __str__(self):
        return f"{self.method} {self.target.split('?')[0]}"


class Broken(Exception):
    """The connection is to be reset."""


class Front:
    """A server before `endpoint`, with functions of whoever wants to disturb.

    `before(exchange, read)` may raise Broken before `read(count)` has taken the body, or set a status, and the stand-in
    is not asked; `after(exchange)` may change the answer or raise Broken(bytes to send first). `context` makes it speak
    TLS and can be replaced meanwhile.
    """

    def __init__(self, endpoint, before=None, after=None, context=None, host=None, name="127.0.0.1"):
        self.upstream = urllib.parse.urlsplit(endpoint).netloc
        self.before, self.after, self.context, self.host = before, after, context, host
        self.lock = threading.Lock()
        self.exchanges, self.connections = [], 0
        self.under_way = self.most = 0
        self.server = _Server(self)
        self.port = self.server.server_address[1]
        self.authority = f"{name}:{self.port}"
        self.endpoint = f"{'https' if context else 'http'}://{self.authority}/v3"

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def seen(self, part):
        """The exchanges whose method and path hold `part`."""
        with self.lock:
            return [one for one in self.exchanges if part in str(one)]

    def carry(self, handler):
        """One exchange, from the daemon's request to its answer."""
        left = int(handler.headers.get("Content-Length", "0"))
        exchange = Exchange(handler, b"")
        with self.lock:
            self.exchanges.append(exchange)
            self.under_way += exchange.is_api
            self.most = max(self.most, self.under_way)
        try:
            if self.before:
                self.before(exchange, handler.rfile.read)
            exchange.body = handler.rfile.read(left)
            if not exchange.status:
                self.ask(exchange)
            if self.after:
                self.after(exchange)
        finally:
            # Before the answer leaves: the daemon's next request may come before this thread goes on.
            with self.lock:
                self.under_way -= exchange.is_api
        return exchange

    def ask(self, exchange):
        """Has the stand-in carry it out, and keeps the answer."""
        connection = http.client.HTTPConnection(self.upstream, timeout=120)
        try:
            connection.putrequest(exchange.method, exchange.target, skip_host=True, skip_accept_encoding=True)
            for name, value in exchange.headers:
                connection.putheader(name, self.host if self.host and name.lower() == "host" else value)
            connection.endheaders(exchange.body)
            answer = connection.getresponse()
            exchange.status, exchange.reason, exchange.answer = answer.status, answer.reason, answer.read()
            framing = ("content-length", "transfer-encoding", "connection")
            exchange.answer_headers = [one for one in answer.getheaders() if one[0].lower() not in framing]
        except (http.client.HTTPException, OSError):
            raise Broken from None  # as the stand-in broke it
        finally:
            connection.close()


class _Server(http.server.ThreadingHTTPServer):
    request_queue_size = 256

    def __init__(self, front):
        self.front = front
        super().__init__(("127.0.0.1", 0), _Handler)

    def finish_request(self, request, client_address):
        """In the connection's own thread, so that a handshake keeps nobody waiting."""
        with self.front.lock:
            self.front.connections += 1
        if self.front.context:
            request.settimeout(30)
            request = self.front.context.wrap_socket(request, server_side=True)
        self.RequestHandlerClass(request, client_address, self)

    def handle_error(self, *_):
        """A client that goes away is what is tested."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 120

    def exchange(self):
        try:
            done = self.server.front.carry(self)
        except Broken as broken:
            self.reset(*broken.args)
            return
        self.send_response_only(done.status, done.reason)
        for name, value in done.answer_headers:
            self.send_header(name, value)
        if done.status != 204:
            self.send_header("Content-Length", str(len(done.answer)))
        self.end_headers()
        self.wfile.write(done.answer)

    do_GET = do_POST = do_PUT = do_DELETE = exchange

    def reset(self, sent=b""):
        """Sends what is to be sent first, then resets: a linger of zero makes the kernel do so at the close."""
        if sent:
            self.wfile.write(sent)
            self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, *_):
        """Says nothing."""


def certified(folder, name, *names):
    """A server's context with a self-signed certificate for `names`, and the certificate's file."""
    key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
    done = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", str(key), "-out", str(certificate), "-subj", f"/CN={name}",
         "-addext", "subjectAltName=" + ",".join(names)],
        capture_output=True, text=True, timeout=60, check=False)
    must(done.returncode == 0, f"openssl failed: {done.stderr}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate
