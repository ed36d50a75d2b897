"""How fast Muster's own sync streams a list to a server that throws it away, beside curl, and what commands feel."""

import json
import shutil
import signal
import statistics
import subprocess
import time

from client import Client
from servers import Failure, Muster, report

# A user may have 64 connections, and one asks for the sync.
CLIENTS = 63
# Seconds: the load is told to end when the last upload has.
LONGEST, WARMUP = 600, 0.2


class Sink:
    """The server that takes uploads, and how a daemon and curl reach it; it stays for a whole run."""

    def __init__(self, place):
        self.has_tls = b"SSL_accept" in (place.tools / "sink").read_bytes()
        words, self.authority = [], place.folder / "sink.pem"
        if self.has_tls:
            key = place.folder / "sink.key"
            certify(self.authority, key)
            words = [self.authority, key]
        self.process = subprocess.Popen([place.tools / "sink", *words], stdout=subprocess.PIPE, text=True)
        place.running.append(self.process)
        scheme = "https" if self.has_tls else "http"
        self.place = f"{scheme}://127.0.0.1:{self.line()['port']}"
        self.credentials = place.folder / "credentials"
        self.credentials.mkdir(mode=0o700)
        (self.credentials / "ttd-token").write_text(f"benchmark\nendpoint {self.place}/v3\n")

    def line(self):
        """What it says next."""
        line = self.process.stdout.readline()
        if not line:
            raise Failure("the server that takes uploads ended")
        return json.loads(line)

    def words(self):
        """What a daemon is told."""
        trusted = ["--endpoint-ca", self.authority] if self.has_tls else []
        return ["--credentials-directory", self.credentials, *trusted]


def certify(certificate, key):
    done = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", key, "-out", certificate, "-subj", "/CN=sink", "-addext", "subjectAltName=IP:127.0.0.1"],
        capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"openssl could not make a certificate: {done.stderr[-400:]}")


def by_sync(server, sink):
    """One whole sync; gives what the sink saw of its upload, and the seconds from the command to the run's end."""
    begin = time.monotonic()
    with Client(server.socket, timeout=300) as client:
        *_, last = client.stream("sync.now", {"instance": "bench-0", "again": True})
    if last["result"]["state"] != "succeeded":
        raise Failure(f"the sync {last['result']['state']}: {last['result']['reason']}")
    return {**sink.line(), "whole": time.monotonic() - begin}


def by_curl(path, sink):
    trusted = ["--cacert", sink.authority] if sink.has_tls else []
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--fail", *trusted, "-T", path, f"{sink.place}/upload"],
        capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise Failure(f"curl ended with {done.returncode}: {done.stderr[-400:]}")
    return sink.line()


def rate(uploads):
    """Bytes a second of the typical one."""
    return statistics.median(one["bytes"] / one["seconds"] for one in uploads)


def streaming(place, sizes, sink, quiet, turn):
    """A list is streamed alone by each; then many clients add to another audience alone, and beside each of the two."""
    path = place.folder / "list-muster"
    figures = {"tls": sink.has_tls}
    with Muster(place, place.folder / "grown", *sink.words()) as server:
        server.configure(1, "other")
        by_sync(server, sink)  # the first one creates the segment, and nothing is warm yet
        ways = {"muster": lambda: by_sync(server, sink)}
        if shutil.which("curl") and not sizes.own:
            ways["curl"] = lambda: by_curl(path, sink)
        names = list(ways) if turn % 2 == 0 else list(reversed(ways))
        alone = {name: [] for name in names}
        for _ in range(3):
            for name in names:
                quiet.wait()
                alone[name].append(ways[name]())
        figures["alone"] = {name: rate(uploads) for name, uploads in alone.items()}
        if len({one["bytes"] for uploads in alone.values() for one in uploads}) != 1:
            raise Failure("not everybody sent as many bytes")
        figures["bytes"] = alone["muster"][0]["bytes"]
        figures["whole"] = statistics.median(one["whole"] for one in alone["muster"])
        figures["commands"], figures["beside"] = {}, {}
        for name in [None, *names][::1 if turn % 2 == 0 else -1]:
            quiet.wait()
            rates, uploads = meanwhile(place, sizes, server, ways.get(name))
            figures["commands"][name or "alone"] = rates
            if name:
                figures["beside"][name] = rate(uploads)
    return figures


def meanwhile(place, sizes, server, upload):
    """Members a second that the clients add, one at a time, while `upload` is done as often as the time holds."""
    load = place.begin_load(server, name="other", connections=CLIENTS, seconds=LONGEST, warmup=WARMUP)
    time.sleep(2 * WARMUP)
    end = time.monotonic() + sizes.seconds
    uploads = []
    while upload and load.poll() is None and (not uploads or time.monotonic() < end):
        uploads.append(upload())
    time.sleep(max(0, end - time.monotonic()))
    load.send_signal(signal.SIGTERM)
    found = report(load, server)
    return found["members"] / found["seconds"], uploads
