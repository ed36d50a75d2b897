"""A socket between a client and the daemon that lets some commands of one method through and holds the next."""

import json
import os
import signal
import socket
import threading


class Valve:
    """Listens at `path` for clients of `server`; `held` is set once a command is held, `open` lets all through."""

    def __init__(self, path, server, method, count):
        self.path, self.server, self.method, self.left = path, server, method, count
        self.held, self.opened = threading.Event(), threading.Event()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(path)
        self.listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def open(self):
        self.opened.set()

    def end(self):
        self.open()
        self.listener.close()
        os.unlink(self.path)

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:  # the listener is closed
                return
            server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            server.connect(self.server)
            for work in (self._commands, self._replies):
                threading.Thread(target=work, args=(client, server), daemon=True).start()

    def _commands(self, client, server):
        while len(head := client.recv(4, socket.MSG_WAITALL)) == 4:
            body = client.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL)
            if json.loads(body)["method"] == self.method:
                if self.left == 0:
                    self.held.set()
                    self.opened.wait()
                self.left = max(0, self.left - 1)
            server.sendall(head + body)
        server.shutdown(socket.SHUT_WR)

    @staticmethod
    def _replies(client, server):
        while data := server.recv(65536):
            client.sendall(data)
        client.shutdown(socket.SHUT_WR)


def is_interrupted(pid):
    """Whether the program has noticed its SIGINT: it catches the first one only."""
    with open(f"/proc/{pid}/status") as status:
        caught = next(line for line in status if line.startswith("SigCgt:"))
    return not int(caught.split()[1], 16) >> (signal.SIGINT - 1) & 1
