"""The servers that are measured, and the load generator that drives them all.

A server has a name, a socket and a protocol; `with` starts it and stops it. A further peer is a further class here and
a line in bench.py.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "proto-docs"))

from client import Client  # noqa: E402  (the published client configures the audiences)

FLAGS = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Wshadow", "-Werror"]
# What a command with an id of 32 characters takes in a commit beside its members: proto-docs/log.md, 6.
RECORD = 16 + 12 + 32 + 13


class Failure(Exception):
    """A measurement that cannot be made."""


def compile_tools(folder, with_peers):
    """Builds the load generators, the limit and what takes uploads; gives their folder."""
    tls = library_flags("openssl") if shutil.which("openssl") else None
    libraries = {
        "load": [], "writes": [], "spin": ["-lpthread"],
        "sink": ["-lpthread"] if tls is None else ["-DWITH_TLS", *tls]}
    if with_peers:
        libraries |= {"scan": [], "databases": library_flags("libpq", "sqlite3")}
    for name, flags in libraries.items():
        if flags is None:
            continue
        done = subprocess.run(["cc", *FLAGS, "-o", folder / name, HERE / f"{name}.c", *flags])
        if done.returncode != 0:
            raise Failure(f"cc could not build {name}.c")
    return folder


def library_flags(*libraries):
    """What compiles a program with these libraries, and links it; None where they are not installed."""
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        done = subprocess.run(
            ["pkg-config", "--cflags", "--libs", *libraries], capture_output=True, text=True, check=True)
        return [*done.stdout.split(), "-lpthread"]
    return None


class Server:
    """A process that listens on a Unix socket."""

    protocol = "muster"
    generator = "load"
    # What its first answer begins with.
    welcome = b""

    @staticmethod
    def is_there():
        return True

    def takes(self, shape):
        """Whether it can be driven in that way."""
        return True

    def __init__(self, place, folder):
        self.place, self.folder = place, folder
        self.socket = str(place.sockets / f"{self.name}.sock")
        self.process = self.errors = None

    def command(self):
        raise NotImplementedError

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Starts it and gives the seconds until its first answer."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):
            os.unlink(self.socket)
        self.errors = self.place.folder / f"{self.name}.err"
        begin = time.monotonic()
        with open(self.errors, "wb") as words:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=words)
        self.place.running.append(self.process)
        while not self.answers():
            if self.process.poll() is not None:
                raise Failure(f"{self.name} ended with {self.process.returncode}: {self.words()[-600:]}")
            time.sleep(0.0005)
        return time.monotonic() - begin

    def answers(self):
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(self.socket)
            connection.sendall(self.greeting)
            first = connection.recv(1)
            return bool(first) and first.startswith(self.welcome)
        return False

    def stop(self):
        """Stops it and gives the seconds that took."""
        begin = time.monotonic()
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(120)
        return time.monotonic() - begin

    def words(self):
        """What it said on standard error since its last start."""
        return self.errors.read_text(errors="replace")


class Muster(Server):
    name = "muster"
    greeting = b"\0\0\0\x18" + b'{"id":1,"method":"ping"}'

    def __init__(self, place, folder, *words):
        super().__init__(place, folder)
        self.further = words

    def command(self):
        return [
            self.place.programs / "musterd", "--socket", self.socket, "--state-directory", self.folder, *self.further]

    def configure(self, audiences, name="bench"):
        with Client(self.socket) as client:
            for number in range(audiences):
                client.call("instance.configure", {
                    "instance": f"{name}-{number}", "advertiserId": "benchmark", "region": "US",
                    "audienceName": f"Benchmark {name} {number}", "piiType": "hashedEmail"})

    def status(self):
        with Client(self.socket) as client:
            return client.call("status")["result"]


class Limit(Server):
    """The C program that only does the writes."""

    name = "limit"
    greeting = Muster.greeting

    def command(self):
        return [
            self.place.tools / "writes", "--socket", self.socket, "--file", self.folder / "writes",
            "--record", str(RECORD), "--batch", "1000"]

    def configure(self, audiences):
        """It keeps nothing."""


class Redis(Server):
    name = "redis"
    protocol = "resp"
    greeting = b"*1\r\n$4\r\nPING\r\n"
    # While it loads its file it answers that it does.
    welcome = b"+"
    KEEPING = {
        "always": ["--appendonly", "yes", "--appendfsync", "always"],
        "log": ["--appendonly", "yes", "--appendfsync", "no", "--aof-use-rdb-preamble", "no"],
        "snapshot": ["--appendonly", "no"],
    }

    def __init__(self, place, folder, keeping="always"):
        super().__init__(place, folder)
        self.keeping = keeping

    @staticmethod
    def is_there():
        return shutil.which("redis-server") is not None

    def command(self):
        return [
            "redis-server", "--port", "0", "--unixsocket", self.socket, "--dir", self.folder, "--save", "",
            "--auto-aof-rewrite-percentage", "0", *self.KEEPING[self.keeping]]

    def ask(self, *words):
        """The first line of its answer."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(self.socket)
            text = f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
            connection.sendall(text.encode())
            line = connection.makefile("rb").readline().decode().strip()
        if line.startswith("-"):
            raise Failure(f"redis answered {line}")
        return line

    def configure(self, audiences):
        """Its sets begin with their first member."""


def is_pipelined(shape):
    """Whether single commands are sent ahead of their answers, which no transaction of a database is."""
    return shape.get("depth", 1) > 1 and shape.get("batch", 1) == 1


class Postgres(Server):
    """One transaction a connection, by COPY where it has several members."""

    name = "postgres"
    protocol = "postgres"
    generator = "databases"

    @staticmethod
    def programs():
        """The folder of its programs, which Debian keeps out of PATH; None where it is not installed."""
        folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
        return folders[-1] if folders and library_flags("libpq", "sqlite3") is not None else None

    @classmethod
    def is_there(cls):
        return cls.programs() is not None

    def takes(self, shape):
        return not is_pipelined(shape)

    def command(self):
        return [
            *self.identity(), self.programs() / "postgres", "-D", self.folder / "data", "-k", self.socket,
            *(word for setting in (
                "listen_addresses=", "fsync=on", "synchronous_commit=on", "shared_buffers=512MB", "max_wal_size=8GB",
                "max_connections=200") for word in ("-c", setting))]

    @staticmethod
    def identity():
        """It refuses to be root."""
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []

    def start(self):
        # The folder of its socket, whose path has a short limit.
        self.socket = str(self.place.sockets / self.name)
        for folder in (self.folder, pathlib.Path(self.socket)):
            folder.mkdir(parents=True, exist_ok=True)
            if os.geteuid() == 0:
                shutil.chown(folder, "postgres")
                folder.parent.chmod(0o711)
        if not (self.folder / "data").exists():
            done = subprocess.run(
                [*self.identity(), self.programs() / "initdb", "-D", self.folder / "data", "-A", "trust",
                 "-U", "bench"], cwd=self.folder, capture_output=True, text=True)
            if done.returncode != 0:
                raise Failure(f"initdb ended with {done.returncode}: {done.stderr[-400:]}")
        return super().start()

    def psql(self, words, **files):
        """Runs its own client with one command."""
        done = subprocess.run(
            [self.programs() / "psql", "-X", "-q", "-h", self.socket, "-U", "bench", "-c", words, "postgres"],
            stderr=subprocess.PIPE, text=True, timeout=600, **files)
        if done.returncode != 0:
            raise Failure(f"psql ended with {done.returncode}: {done.stderr[-400:]}")

    def answers(self):
        asked = subprocess.run([self.programs() / "pg_isready", "-q", "-h", self.socket])
        return asked.returncode == 0

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # it does not wait for its clients
        return super().stop()

    def configure(self, audiences):
        """Its table is made by its load generator."""


class Sqlite(Server):
    """In the load generator's own process, which is its one writer."""

    name = "sqlite"
    protocol = "sqlite"
    generator = "databases"

    @staticmethod
    def is_there():
        return library_flags("libpq", "sqlite3") is not None

    def takes(self, shape):
        return shape.get("connections", 1) == 1 and not is_pipelined(shape)

    def start(self):
        self.folder.mkdir(parents=True)
        self.socket = str(self.folder / "members.db")
        return 0.0

    def configure(self, audiences):
        """As PostgreSQL."""


PEERS = [Redis, Postgres, Sqlite]


class Place:
    """Where a run keeps its programs, its files and its sockets; all of it is gone at the end."""

    def __init__(self, programs, folder, sockets, with_peers=True):
        self.programs, self.folder, self.sockets = programs, folder, sockets
        self.tools = compile_tools(folder, with_peers)
        self.peers = [peer for peer in PEERS if with_peers and peer.is_there()]
        self.running, self.seeds = [], iter(range(1, 1 << 24))

    def fresh(self, name):
        """An empty folder; what an earlier repetition left there is removed, and the disk is at rest."""
        path = self.folder / name
        shutil.rmtree(path, ignore_errors=True)
        os.sync()
        return path

    def begin_load(self, server, **options):
        """Starts the load generator with members that no other run of it sends."""
        command = [
            self.tools / server.generator, "--socket", server.socket, "--protocol", server.protocol,
            "--seed", str(next(self.seeds))]
        for name, value in options.items():
            command += [f"--{name}"] if value is True else [f"--{name}", str(value)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.running.append(process)
        return process

    def load(self, server, **options):
        return report(self.begin_load(server, **options), server)

    def close(self):
        for process in self.running:
            if process.poll() is None:
                process.kill()
                process.wait()


def report(process, server):
    """What the load generator measured; any error fails the run."""
    out, err = process.communicate(timeout=900)
    if process.returncode != 0:
        raise Failure(f"the load on {server.name} failed: {err.strip()[-400:]}")
    return json.loads(out)
