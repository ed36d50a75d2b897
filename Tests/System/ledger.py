"""What a client sent and was told is durable, held against what a log says."""

import base64
import json
import os
import random
import socket
import struct
import subprocess

from programs import Failure, must
from setting import AUDIENCE, Wire

ADDED, REMOVED, CONFIGURED = "membersAdded", "membersRemoved", "instanceConfigured"


class Command:
    """One command: the one event it makes, and what is known of it."""

    def __init__(self, name, event, content, method, params):
        self.name, self.event, self.content = name, event, content
        self.body = {"id": name, "method": method, "commandId": name, "params": {"instance": "acme", **params}}
        self.position = None  # of the reply
        self.settled = False  # found in a log that a daemon has opened
        self.gone = False  # refused, or not found and never acknowledged: it must not turn up later

    def frame(self):
        body = json.dumps(self.body).encode()
        return struct.pack(">I", len(body)) + body

    def forget(self):
        """As if it had never been sent."""
        self.position, self.settled, self.gone = None, False, False


class Ledger:
    """The commands of one log, and the sums over all logs."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.acknowledged = self.lost = self.phantom = self.opened = 0
        self.why = []
        self.renew()

    def renew(self):
        """Begins with a new log."""
        self.commands, self.known, self.removable = [], {}, []
        self.created = None

    def note(self, event, content, method, params):
        command = Command(f"c{len(self.commands)}", event, content, method, params)
        self.commands.append(command)
        self.known[command.name] = command
        return command

    def creation(self):
        self.created = self.note(CONFIGURED, AUDIENCE["minimumMembers"], "instance.configure", AUDIENCE)
        return self.created

    def setting(self):
        number = len(self.commands)
        return self.note(CONFIGURED, number, "instance.configure", {"minimumMembers": number})

    def members(self, count=1):
        people = [self.random.randbytes(32) for _ in range(count)]
        words = [base64.b64encode(one).decode() for one in people]
        what = {"member": words[0]} if count == 1 else {"members": words}
        return self.note(ADDED, frozenset(one.hex() for one in people), "member.add", what)

    def removal(self):
        """Takes out what an acknowledged command put in."""
        if not self.removable:
            return self.members()
        people = self.removable.pop(self.random.randrange(len(self.removable))).content
        return self.note(REMOVED, people, "member.remove", {"members": sorted(people)})

    def mixed(self, crowd):
        """Mostly one member, at times a list of up to `crowd`, a removal or a setting."""
        if self.created is None or self.created.gone:
            return self.creation()
        dice = self.random.random()
        if dice < 0.70:
            return self.members()
        if dice < 0.85:
            return self.members(self.random.randint(2, max(2, crowd)))
        return self.removal() if dice < 0.95 else self.setting()

    def answered(self, reply):
        command = self.known[reply["id"]]
        if "error" in reply:
            command.gone = True
            return reply["error"]["name"]
        command.position = reply["position"]
        self.acknowledged += 1
        if command.event == ADDED:
            self.removable.append(command)
        return None

    def size(self):
        """How many members the settled commands leave."""
        counts = {ADDED: 1, REMOVED: -1, CONFIGURED: 0}
        return sum(
            counts[one.event] * len(one.content) for one in self.commands if one.settled and one.event != CONFIGURED)

    def compare(self, events):
        """Counts what is missing and what nobody sent in the events of a log; both must be none.

        What was not acknowledged may be there, whole and in the order of sending, without a gap.
        """
        self.opened += 1
        places = {command.name: index for index, command in enumerate(self.commands)}
        last, seen = -1, set()
        for event in events:
            command = self.known.get(event.get("commandId"))
            if command is None:
                if event["type"] != "tailRepaired":
                    self.strange(f"{event['type']} at {event['position']} was never sent")
                continue
            content = frozenset(event["identities"]) if "identities" in event else event.get("minimumMembers")
            place = places[command.name]
            if command.gone or command.name in seen or place < last:
                self.strange(f"{command.name} at {event['position']} was refused, is twice there or out of order")
            elif (event["type"], content) != (command.event, command.content):
                self.strange(f"{command.name} at {event['position']} is not what was sent")
            elif command.position not in (None, event["position"]):
                self.strange(f"{command.name} is at {event['position']} and not at {command.position}")
            else:
                seen.add(command.name)
                last = place
        for place, command in enumerate(self.commands):
            if command.name in seen:
                command.settled = True
            elif command.position is not None or command.settled:
                self.lost += 1
                self.why.append(f"{command.name}, acknowledged at {command.position}, is gone")
                command.position, command.settled, command.gone = None, False, True
            elif not command.gone:
                command.gone = True
                if place < last:
                    self.strange(f"{command.name} is missing before others that were sent later")

    def strange(self, sentence):
        self.phantom += 1
        self.why.append(sentence)

    def judge(self, what):
        """Says what was counted, and fails where anything is wrong."""
        counts = f"{self.acknowledged:,} acknowledged, {self.lost} lost, {self.phantom} phantom"
        print(f"       {what}: {counts}", flush=True)
        must(self.lost == self.phantom == 0, f"{what}: {'; '.join(self.why[:5])}")
        must(self.acknowledged > 0, f"{what}: nothing was acknowledged, which says nothing")


def stream(path, ledger, next_command, count=None, window=64):
    """Sends commands, many under way at once, until `count` are answered or the connection is gone; gives the names of
    the errors."""
    errors, waiting, sent = [], 0, 0
    try:
        with Wire(path) as wire:
            while count is None or sent < count or waiting:
                frames = b""
                while waiting < window and (count is None or sent < count) and len(frames) < 1 << 20:
                    frames += next_command().frame()
                    sent, waiting = sent + 1, waiting + 1
                wire.send(frames)
                reply = wire.reply()
                if reply is None:
                    break
                waiting -= 1
                error = ledger.answered(reply)
                if error:
                    errors.append(error)
    except (BrokenPipeError, ConnectionResetError, ConnectionRefusedError, FileNotFoundError):
        pass
    except Failure as failure:
        must("inside a reply" in str(failure), str(failure))
    return errors


def events(bench, state):
    """The events of a state directory as `muster log export` gives them, and its exit status."""
    done = subprocess.run(
        [bench.path("muster"), "log", "export", "--identities", "--state-directory", str(state)],
        capture_output=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode


def members(path):
    """The size of the audience as the daemon tells it."""
    with Wire(path) as wire:
        wire.ask({"id": 1, "method": "instance.list"})
        found = wire.reply()["result"]["instances"]
    return found[0]["members"] if found else 0


def seed():
    return os.environ.get("MUSTER_SEED", "1")


def listening(path):
    """Whether somebody accepts on a socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(path) == 0
