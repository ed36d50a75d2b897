"""Who may command, who may ask, and how many may do either at once; needs root, to be other users."""

import collections
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

from programs import Client, MusterError, Skipped, must, wait_for
from setting import AUDIENCE, Wire, configured, fill

# Users and groups need not have names. The socket's group has one, so that the remedy can name it.
DAEMON, STRANGER, MEMBER = 27101, 27102, 27103
GROUP, ADMINS = "games", "operator"


def _group_id(name):
    for line in pathlib.Path("/etc/group").read_text().splitlines():
        found, _, number, _ = line.split(":")
        if found == name:
            return int(number)
    raise Skipped(f"this host has no group {name}")


def _lent(bench, path):
    """The same program where every user can reach it."""
    lent = bench.folder / pathlib.Path(path).name
    if not lent.exists():
        shutil.copy(path, lent)
        lent.chmod(0o755)
    return str(lent)


def _another_user(bench, *options, mode=0o666):
    """Starts a daemon as a user of its own, and gives the query socket's path.

    The folder gives its sockets to GROUP, of which the daemon is no member, and they are open to everybody.
    """
    if os.geteuid() != 0:
        raise Skipped("only root can be other users")
    group = _group_id(GROUP)
    bench.credential()
    query = str(bench.folder / "query.sock")
    os.chown(bench.folder, -1, group)
    bench.folder.chmod(0o2777)
    for path in (bench.state, bench.credentials, bench.credentials / "ttd-token"):
        os.chown(path, DAEMON, DAEMON)
    program = bench.start(
        "musterd", "setpriv", f"--reuid={DAEMON}", f"--regid={DAEMON}", "--clear-groups",
        _lent(bench, bench.path("musterd")), "--socket", bench.socket, "--query-socket", query,
        *bench.daemon_options(), *options)
    bench.answering(program)
    wait_for(lambda: os.path.exists(query), "the query socket is there")
    for path in (bench.socket, query):
        os.chmod(path, mode)
    return query


def _being(user, groups, body):
    """What `body` gives in a process of that user; the first group is its primary one. Also that process's id."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(here)
            signal.alarm(60)
            os.setgroups(groups[1:])
            os.setgid(groups[0])
            os.setuid(user)
            with os.fdopen(there, "w") as out:
                json.dump(body(), out)
        finally:
            os._exit(0)
    os.close(there)
    with os.fdopen(here) as given:
        told = given.read()
    os.waitpid(child, 0)
    must(told, f"the process of user {user} failed")
    return json.loads(told), child


def _asked(path, method, params):
    """The name of the refusal with its details and remedy, or None and the result."""
    with Client(path) as client:
        try:
            return None, client.call(method, params)["result"], None
        except MusterError as error:
            return error.name, error.details, error.remedy


def _added(path, number):
    return lambda: _asked(path, "member.add", {"instance": "acme", "member": f"person{number}@example.org"})


def the_right_people_may_command_and_each_event_says_who_it_was(bench):
    """P-ACCESS-1, P-ACCESS-2"""
    _another_user(bench, "--admin-group", ADMINS)
    configured(bench)
    fill(bench, 20)
    group, admins = _group_id(GROUP), _group_id(ADMINS)
    crowd = [30000 + number for number in range(99)]
    cases = {
        "root": (0, [0]), "the daemon's user": (DAEMON, [DAEMON]), "a member by primary group": (MEMBER, [group]),
        "a member by one other group": (MEMBER, [MEMBER, group]),
        "a member by the last of three": (MEMBER, [MEMBER, 30001, 30002, group]),
        "a member by the last of a hundred": (MEMBER, [MEMBER, *crowd, group]),
        "a member of the configured group": (MEMBER, [MEMBER, 30001, admins])}
    expected = []
    for number, (who, (user, groups)) in enumerate(cases.items(), start=20):
        (name, _, _), pid = _being(user, groups, _added(bench.socket, number))
        must(name is None, f"{who} was refused: {name}")
        expected.append({"uid": user, "gid": groups[0], "pid": pid})
    for number, groups in enumerate(([STRANGER], [STRANGER, 30001, 30002], [STRANGER, *crowd, 31000])):
        (name, _, _), _ = _being(STRANGER, groups, _added(bench.socket, 50 + number))
        must(name == "access.denied", f"a stranger in {len(groups)} groups was answered {name}")
    exported = bench.muster("log", "export", "--state-directory", str(bench.state)).out
    actors = [json.loads(line)["actor"] for line in exported.splitlines()]
    must(actors[-len(expected):] == expected, f"the events say {actors[-len(expected):]}, not {expected}")


def a_stranger_that_can_open_the_socket_is_told_what_to_do_and_may_ask(bench):
    """P-ACCESS-2, P-ACCESS-3"""
    _another_user(bench)
    configured(bench)
    fill(bench, 10)

    def strange():
        commands = [
            _asked(bench.socket, method, params) for method, params in (
                ("member.add", {"instance": "acme", "member": "person1@example.org"}),
                ("member.remove", {"instance": "acme", "member": "person1@example.org"}),
                ("instance.configure", AUDIENCE), ("sync.now", {"instance": "acme"}),
                ("sync.now", {"instance": "nobody"}))]
        queries = [
            _asked(bench.socket, method, params) for method, params in (
                ("ping", {}), ("hello", {}), ("status", {}), ("instance.show", {"instance": "acme"}),
                ("member.show", {"instance": "acme", "member": "person1@example.org"}))]
        return commands, queries

    (commands, queries), _ = _being(STRANGER, [STRANGER, 30001], strange)
    for refused in commands:
        must(refused == [
            "access.denied", {"socket": "command", "groups": [GROUP]},
            f"As root, usermod -aG {GROUP} $(id -un {STRANGER}); then log in again."], f"it was told {refused}")
    must([name for name, _, _ in queries] == [None] * 5, f"a query was refused: {queries}")
    must(queries[1][1]["capabilities"] == ["queries", "streams"], "hello says it may command")
    said = _muster_of_a_stranger(bench, "member", "add", "acme", "-", feed="someone@example.org\n")
    must(said.returncode == 4, f"muster ended with {said.returncode}: {said.stderr}")
    must(f"usermod -aG {GROUP} " in said.stderr, f"muster says {said.stderr}")
    notices = re.findall(r"a command was refused.*", bench.started[0].text())
    must(0 < len(notices) <= 5 and all(f"uid={STRANGER}" in one for one in notices), f"the journal has {notices}")


def a_user_without_the_right_to_open_the_socket_is_told_so(bench):
    _another_user(bench, mode=0o660)

    def turned_away():
        try:
            Client(bench.socket).call("ping")
        except OSError as problem:
            return f"{problem} {problem.remedy}"
        return "it was served"

    told, _ = _being(STRANGER, [STRANGER], turned_away)
    said = _muster_of_a_stranger(bench, "status")
    must(said.returncode == 3, f"muster ended with {said.returncode}")
    for words in ("permission denied", "usermod -aG muster USER", "log in again"):
        must(words in told, f"client.py says {told}")
        must(words in said.stderr, f"muster says {said.stderr}")


def _muster_of_a_stranger(bench, *arguments, feed=""):
    said = subprocess.run(
        [_lent(bench, bench.path("muster")), *arguments, "--socket", bench.socket], input=feed, text=True,
        capture_output=True, user=STRANGER, group=STRANGER, extra_groups=[], timeout=60, check=False)
    bench.said.append((f"muster {arguments[0]}", said.stdout + said.stderr))
    return said


def the_query_socket_takes_no_command_and_tells_of_no_member_not_even_root(bench):
    """P-ACCESS-4, P-ACCESS-5"""
    query = _another_user(bench)
    configured(bench)
    fill(bench, 10)
    named = {"instance": "acme"}
    person = {**named, "member": "person1@example.org"}

    def at_the_query_socket():
        refused = [
            _asked(query, method, params) for method, params in (
                ("member.add", person), ("member.remove", person), ("instance.configure", AUDIENCE),
                ("sync.now", named), ("member.show", person))]
        answered = [
            _asked(query, method, params) for method, params in (
                ("hello", {}), ("ping", {}), ("status", {}), ("instance.list", {}), ("instance.show", named),
                ("sync.list", named), ("sync.plan", named))]
        return refused, answered

    for user in (0, STRANGER):
        (refused, answered), _ = _being(user, [user], at_the_query_socket)
        must([name for name, _, _ in refused] == ["access.denied"] * 5, f"user {user} was answered {refused}")
        must(refused[0][1] == {"socket": "query", "groups": [GROUP]}, f"the details are {refused[0][1]}")
        must([name for name, _, _ in answered] == [None] * 7, f"user {user} was refused {answered}")
    with Client(bench.socket) as client:
        must(client.call("instance.show", named)["result"]["members"] == 10, "something was changed")


def the_query_socket_is_taken_from_the_service_manager_too(bench):
    bench.credential()
    query = str(bench.folder / "query.sock")
    bench.start(
        "activate", "systemd-socket-activate", "-l", query, "-l", bench.socket, "--fdname=query:command",
        bench.path("musterd"), *bench.daemon_options())
    wait_for(lambda: os.path.exists(bench.socket) and os.path.exists(query), "both sockets are there")
    configured(bench)
    must(_asked(query, "instance.configure", AUDIENCE)[0] == "access.denied", "it takes commands")
    must(_asked(query, "instance.show", {"instance": "acme"})[0] is None, "it does not answer")


def _crowd(path, user, count):
    """A process of that user that keeps so many connections, each of which was answered; call it to end it."""
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(60)
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
            kept, names = [], []
            for _ in range(count):
                wire = Wire(path)
                # One that was refused is closed already, and still says why.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    wire.ask({"id": 1, "method": "ping"})
                reply = wire.reply()
                names.append(reply.get("error", {}).get("details", {}).get("limit", "served"))
                kept.append(wire)
            os.write(told, json.dumps(names).encode())
            os.close(told)
            signal.pause()
        finally:
            os._exit(0)
    os.close(told)
    with os.fdopen(ready) as given:
        names = given.read()
    must(names, f"the process of user {user} failed")
    names = json.loads(names)

    def stop():
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return collections.Counter(names), stop


def one_user_gets_64_connections_on_both_sockets_together_and_another_is_still_served(bench):
    query = _another_user(bench)
    first, stop_first = _crowd(bench.socket, STRANGER, 40)
    second, stop_second = _crowd(query, STRANGER, 40)
    try:
        must(first == {"served": 40}, f"the first socket gave {first}")
        must(second == {"served": 24, "maxConnectionsPerUser": 16}, f"the second socket gave {second}")
        with bench.client() as client:
            client.call("ping")
        notices = re.findall(r"a connection was refused.*", bench.started[0].text())
        must(0 < len(notices) <= 5, f"{len(notices)} lines in the journal")
        must(all(f"limit=maxConnectionsPerUser uid={STRANGER}" in one for one in notices), f"it says {notices}")
    finally:
        stop_first()
        stop_second()

    def served_again():
        counted, stop = _crowd(bench.socket, STRANGER, 64)
        stop()
        return counted == {"served": 64}
    wait_for(served_again, "the places are free again")


def two_hundred_and_fifty_six_connections_are_all_there_are_and_root_is_not_exempt(bench):
    _another_user(bench)
    stops = []
    try:
        for user in range(STRANGER, STRANGER + 4):
            counted, stop = _crowd(bench.socket, user, 64)
            stops.append(stop)
            must(counted == {"served": 64}, f"user {user} got {counted}")
        with Wire(bench.socket) as wire:
            reply = wire.reply()
            must(reply["id"] is None and reply["error"]["name"] == "server.busy", f"the next got {reply}")
            must(reply["error"]["details"] == {"limit": "maxConnections", "value": 256}, f"details of {reply}")
            must(wire.reply() is None, "the connection stays open")
        busy = bench.muster("status", expect=(7,))
        must("the limit" in busy.err, f"muster says {busy.err}")
    finally:
        for stop in stops:
            stop()


def a_full_queue_is_told_apart_and_a_client_waits_for_its_place(bench):
    """P-CONN-7"""
    bench.credential()
    holder = bench.holder()
    listening = f" 00010000 .* {re.escape(bench.socket)}\n"
    wait_for(lambda: re.search(listening, pathlib.Path("/proc/net/unix").read_text()), "the holder listens")
    os.kill(holder.pid, signal.SIGSTOP)
    waiting = []
    try:
        while (one := _queued(bench.socket)) is not None:
            waiting.append(one)
            must(len(waiting) < 512, "the queue takes any number")
        begun = time.monotonic()
        try:
            bench.client(timeout=0.5).call("ping")
            must(False, "it was served by nobody")
        except OSError as problem:
            must("too many connections are waiting" in str(problem), f"client.py says {problem}")
            must("Try again shortly" in problem.remedy, f"client.py advises {problem.remedy}")
        must(time.monotonic() - begun >= 0.5, "it did not wait")
    finally:
        for one in waiting:
            one.close()
        os.kill(holder.pid, signal.SIGCONT)
    with bench.client() as client:
        client.call("ping")


def _queued(path):
    """A connection that waits in the socket's queue, or None where that is full."""
    waiting = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    waiting.setblocking(False)
    try:
        waiting.connect(path)
        return waiting
    except BlockingIOError:
        waiting.close()
        return None


def an_unknown_group_stops_the_start(bench):
    bench.credential()
    ended = subprocess.run(
        [bench.path("musterd"), "--socket", bench.socket, *bench.daemon_options(), "--admin-group", "no such group"],
        capture_output=True, text=True, timeout=30, check=False)
    must(ended.returncode == 78, f"it ended with {ended.returncode}")
    must("--admin-group" in ended.stderr, f"it says {ended.stderr}")
