"""The rules of proto-docs/README.md: their test vectors, and those that only a running daemon can show."""

import array
import json
import os
import pathlib
import re
import socket
import struct
import threading

from client import Client, MusterError, ProtocolError, StreamEnded
from programs import ROOT, Failure, must
from scenarios.credentials import ended
from setting import AUDIENCE, Wire, configured, fill, people

VECTORS = json.loads((ROOT / "proto-docs" / "conformance.json").read_text())
RULE = re.compile(r"\bP-[A-Z]+-\d+\b")
PLACEHOLDERS = {
    "<any>": lambda value: True, "<integer>": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "<string>": lambda value: isinstance(value, str) and value != "",
    "<time>": lambda value: re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value),
    "<hex>": lambda value: re.fullmatch(r"[0-9a-f]{64}", value)}


def has(value, pattern):
    """Whether `value` has at least what `pattern` has."""
    if isinstance(pattern, str) and pattern in PLACEHOLDERS:
        return bool(PLACEHOLDERS[pattern](value))
    if isinstance(pattern, dict) and pattern:
        return isinstance(value, dict) and all(name in value and has(value[name], one) for name, one in pattern.items())
    if isinstance(pattern, list):
        return isinstance(value, list) and len(value) == len(pattern) and all(map(has, value, pattern))
    return type(value) is type(pattern) and value == pattern


def framed(body):
    return struct.pack(">I", len(body)) + body


def take_step(wire, step):
    """Sends what a step of a server vector sends, or holds what comes to it."""
    if "request" in step:
        data = framed(json.dumps(step["request"]).encode())
        size = step.get("pieces", len(data))
        wire.note(data[4:])
        for start in range(0, len(data), size):
            wire.socket.sendall(data[start:start + size])
    elif "body" in step:
        wire.ask(step["body"].encode())
    elif "bodyHex" in step:
        wire.ask(bytes.fromhex(step["bodyHex"]))
    elif "bodyLength" in step:
        wire.ask(b" " * step["bodyLength"])
    elif "bytes" in step:
        wire.send(bytes.fromhex(step["bytes"]))
    elif "end" in step:
        wire.socket.shutdown(socket.SHUT_WR)
    elif "expect" in step:
        reply = wire.reply()
        must(has(reply, step["expect"]), f"{reply}")
        must(not set(step.get("absent", [])) & set(reply), f"{sorted(reply)}")
    elif "expectAll" in step:
        replies = [wire.reply() for _ in step["expectAll"]]
        for one in step["expectAll"]:
            must(any(has(reply, one) for reply in replies), f"{one} is not among {replies}")
    else:
        must("closed" in step and wire.reply() is None, f"not closed: {step}")


def every_vector_for_servers_is_answered_as_it_says(bench):
    bench.credential()
    bench.daemon()
    with Wire(bench.socket) as wire:
        for request in VECTORS["given"]:
            wire.ask(request)
            must("result" in wire.reply(), f"{request['method']} was refused")
    for vector in VECTORS["server"]:
        with Wire(bench.socket) as wire:
            for step in vector["steps"]:
                try:
                    take_step(wire, step)
                except Exception as problem:
                    raise type(problem)(f"{vector['rules']}, {vector['about']}: {problem}") from None


class Played:
    """A server that plays the connections of a client vector."""

    def __init__(self, path, connections):
        self.path, self.connections, self.requests = path, connections, []
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(path)
        self.listener.listen()
        self.listener.settimeout(10)
        self.thread = threading.Thread(target=self.play)
        self.thread.start()

    def play(self):
        for steps in self.connections:
            connection, _ = self.listener.accept()
            connection.settimeout(10)
            with connection:
                head = connection.recv(4, socket.MSG_WAITALL)
                request = json.loads(connection.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL))
                self.requests.append(request)
                for step in steps:
                    self.take(connection, request, step)
                if not any("close" in step for step in steps):
                    connection.recv(1)  # until the client hangs up

    @staticmethod
    def take(connection, request, step):
        data = bytes.fromhex(step.get("bytes", ""))
        if "reply" in step:
            reply = dict(step["reply"])
            reply["id"] = request["id"] if reply["id"] == "$id" else reply["id"]
            data = framed(json.dumps(reply).encode())
        size = step.get("pieces", len(data) or 1)
        for start in range(0, len(data), size):
            connection.sendall(data[start:start + size])

    def end(self):
        self.thread.join()
        self.listener.close()
        os.unlink(self.path)


def ending(path, call):
    """How a call of the published client ends, as a vector puts it."""
    try:
        with Client(path, timeout=10.0) as client:
            return {"reply": client.call(call["method"], call.get("params"), **{
                name: value for name, value in call.items() if name not in ("method", "params")})}
    except MusterError as error:
        return {"error": {**error.error, "family": error.family}}
    except ProtocolError:
        return {"fails": "protocol"}
    except ConnectionError:
        return {"fails": "connection"}


def every_vector_for_clients_ends_as_it_says_for_the_client_in_python(bench):
    for vector in VECTORS["client"]:
        server = Played(str(bench.folder / "played.sock"), vector["connections"])
        ended = ending(server.path, vector["call"])
        server.end()
        must(has(ended, vector["expect"]), f"{vector['rules']}, {vector['about']}: {ended}")
        must(len(server.requests) == vector["requests"], f"{vector['about']}: {len(server.requests)} requests")
        must(len({one.get("commandId") for one in server.requests}) == 1, f"{vector['about']}: another commandId")


def a_reply_of_a_stream_that_is_not_known_still_says_where_to_go_on(bench):
    """P-STREAM-9, P-STREAM-10"""
    steps = [
        {"reply": {"id": "$id", "result": {"events": []}, "position": 7, "continues": True}},
        {"reply": {"id": "$id", "result": {"later": 1}, "position": 9, "continues": True}}, {"close": True}]
    server = Played(str(bench.folder / "played.sock"), [steps])
    seen = []
    try:
        for reply in Client(server.path, timeout=10.0).stream("log.tail", {"from": 7}):
            seen.append(reply["position"])
        must(False, "a stream that broke off ended well")
    except StreamEnded as ended_early:
        must(ended_early.resume == 10, f"it goes on from {ended_early.resume}")
    finally:
        server.end()
    must(seen == [7, 9], f"it gave {seen}")


def every_rule_has_a_test_that_names_it_and_no_test_names_another(bench):
    """A rule is stated where its id stands in bold; a test names it in a vector, a docstring or a comment."""
    stated = re.findall(r"^- \*\*(P-[A-Z]+-\d+)\*\* ", (ROOT / "proto-docs/README.md").read_text(), re.MULTILINE)
    must(len(stated) == len(set(stated)), "a rule is stated twice")
    named = {rule for kind in ("server", "client") for vector in VECTORS[kind] for rule in vector["rules"]}
    for folder in ("Tests", "Sources", "proto-docs"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".swift", ".md"):
                found = set(RULE.findall(path.read_text()))
                must(found <= set(stated), f"{path.name} names {sorted(found - set(stated))}")
                if folder == "Tests":
                    named |= found
    must(named >= set(stated), f"no test names {sorted(set(stated) - named)}")
    must(named <= set(stated), f"a vector names {sorted(named - set(stated))}")


def the_daemon_says_nothing_before_it_is_spoken_to(bench):
    """P-CONN-2"""
    bench.credential()
    bench.daemon()
    with Wire(bench.socket, timeout=0.5) as wire:
        try:
            must(wire.socket.recv(1) == b"x", "it speaks, or hangs up")
        except TimeoutError:
            return
    must(False, "it speaks first")


def one_connection_too_many_is_told_so_and_closed(bench):
    """P-CONN-4"""
    bench.credential()
    bench.daemon()
    with Wire(bench.socket) as wire:
        wire.ask({"id": 1, "method": "hello"})
        most = wire.reply()["result"]["limits"]["maxConnectionsPerUser"]
        others = [Wire(bench.socket) for _ in range(most - 1)]
        try:
            with Wire(bench.socket) as late:
                reply = late.reply()
                must(reply["id"] is None and reply["error"]["name"] == "server.busy", f"it is told {reply}")
                must(late.reply() is None, "it stays open")
            wire.ask({"id": 2, "method": "ping"})
            must(wire.reply()["result"] == {}, "the first is not served any more")
        finally:
            for other in others:
                other.socket.close()


def file_descriptors_that_a_client_sends_are_not_kept(bench):
    """P-CONN-5"""
    bench.credential()
    program = bench.daemon()
    with Wire(bench.socket) as wire, open("/dev/null", "rb") as file:
        wire.ask({"id": 0, "method": "ping"})
        wire.reply()
        before = len(list(pathlib.Path(f"/proc/{program.pid}/fd").iterdir()))
        for number in range(20):
            body = json.dumps({"id": number, "method": "ping"}).encode()
            rights = array.array("i", [file.fileno()] * 8)
            wire.socket.sendmsg([framed(body)], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
            must(wire.reply()["id"] == number, "it is not answered")
        after = len(list(pathlib.Path(f"/proc/{program.pid}/fd").iterdir()))
    must(after == before, f"it has {after} files open and had {before}")


def commands_of_two_connections_have_positions_of_their_own(bench):
    """P-ORDER-2, P-POSITION-1"""
    bench.credential()
    bench.daemon()
    configured(bench)
    with Wire(bench.socket) as one, Wire(bench.socket) as other:
        for number in range(200):
            for name, wire in (("a", one), ("b", other)):
                wire.ask({"id": number, "method": "member.add", "params": {
                    "instance": "acme", "member": f"{name}{number}@example.org"}})
        answers = [[wire.reply()["position"] for _ in range(200)] for wire in (one, other)]
    must(all(mine == sorted(mine) for mine in answers), "the commands of one connection were mixed up")
    must(sorted(sum(answers, [])) == list(range(2, 402)), "positions are missing, or came twice")


def an_event_names_the_process_that_caused_it(bench):
    """P-ACCESS-1"""
    bench.credential()
    bench.daemon()
    configured(bench)
    events = bench.muster("log", "export", "--state-directory", str(bench.state)).out.splitlines()
    actor = json.loads(events[-1])["actor"]
    must(actor == {"uid": os.getuid(), "gid": os.getgid(), "pid": os.getpid()}, f"the actor is {actor}")


def a_command_that_waited_longer_than_its_deadline_is_refused_and_changes_nothing(bench):
    """P-DEADLINE-1"""
    bench.credential()
    bench.daemon()
    configured(bench)
    crowd = [f"person{number}@example.org" for number in range(50_000)]
    long = {"id": 1, "method": "member.add", "params": {"instance": "acme", "members": crowd}}
    late = {"id": 2, "method": "member.add", "params": {"instance": "acme", "member": "late@example.org"}, "deadlineMs": 1}
    show = {"id": 3, "method": "member.show", "params": {"instance": "acme", "member": "late@example.org"}}
    for _ in range(20):
        with Wire(bench.socket) as wire:
            # The last bytes of the long command and the late one are read at once.
            wire.send(b"".join(framed(json.dumps(one).encode()) for one in (long, late, show)))
            replies = {reply["id"]: reply for reply in (wire.reply() for _ in range(3))}
        refused = replies[2].get("error", {}).get("name")
        must(replies[3]["result"]["member"] == (refused is None), f"it was {refused} and is {replies[3]['result']}")
        if refused == "deadline.exceeded":
            return
        with bench.client() as client:
            client.call("member.remove", {"instance": "acme", "members": [*crowd[:-1], "late@example.org"]})
    must(False, "it was never late")


def as_many_instances_as_there_may_be_are_there_and_no_more(bench):
    """P-LIMIT-1"""
    bench.credential()
    bench.daemon()
    settings = {"advertiserId": "adv", "region": "EU", "piiType": "hashedEmail"}
    with Wire(bench.socket) as wire:
        for number in range(1001):
            wire.ask({"id": number, "method": "instance.configure", "params": {
                "instance": f"i{number}", "audienceName": f"name {number}", **settings}})
        replies = [wire.reply() for _ in range(1001)]
        must(all("result" in reply for reply in replies[:1000]), "one of the first thousand was refused")
        must(replies[1000]["error"]["details"] == {"limit": 1000}, f"the next is answered {replies[1000]}")


def a_log_that_cannot_be_read_is_a_mistake_that_is_told(bench):
    """P-ERROR-1"""
    bench.credential()
    bench.daemon()
    configured(bench)
    folder = bench.state / "log"
    folder.rename(bench.state / "elsewhere")
    try:
        with Wire(bench.socket) as wire:
            wire.ask({"id": 1, "method": "sync.plan", "params": {"instance": "acme"}})
            error = wire.reply()["error"]
            must(error["name"] == "internal" and error["applied"] == "no", f"it is told {error}")
            wire.ask({"id": 2, "method": "ping"})
            must(wire.reply()["result"] == {}, "it does not go on")
    finally:
        (bench.state / "elsewhere").rename(folder)


def conflicts_are_told_by_their_names_and_with_what_they_conflict(bench):
    """P-ERROR-1"""
    bench.sandbox("--fault", "PUT /upload 1 slow:1")
    bench.daemon()
    configured(bench, guard={"shrinkMembers": 0, "shrinkPercent": 0})
    fill(bench, 20)
    with bench.client() as client:
        def refused(name, method, **params):
            try:
                client.call(method, {"instance": "acme", **params})
            except MusterError as error:
                must(error.name == name, f"{error.name} instead of {name}")
                return error.details
            raise Failure(f"{method} was taken instead of {name}")

        sent = client.call("sync.now", {"instance": "acme"})["result"]["run"]
        must(refused("sync.running", "sync.now") == {"run": sent}, "another run is under way")
        must(ended(bench, sent)["state"] == "succeeded", "the run did not succeed")
        must(0 < refused("sync.too_soon", "sync.now")["secondsLeft"] <= 3600, "the time to wait is wrong")
        refused("sync.not_held", "sync.now", approve={"run": sent, "count": 20}, again=True)
        refused("run.unknown", "sync.now", approve={"run": 9999, "count": 20}, again=True)
        must(refused("instance.immutable", "instance.configure", region="EU")["pointer"] == "/params/region", "region")
        other = {**AUDIENCE, "instance": "twin"}
        must(refused("instance.segment_taken", "instance.configure", **other) == {"instance": "acme"}, "another twin")
        client.call("member.remove", {"instance": "acme", "members": people(10)})
        held = client.call("sync.now", {"instance": "acme", "again": True})["result"]["run"]
        must(ended(bench, held)["reason"] == "shrink", "the run was not held")
        details = refused("sync.count_changed", "sync.now", approve={"run": held, "count": 11}, again=True)
        must(details == {"expected": 11, "actual": 10}, f"details are {details}")
