"""Concurrent clients whose daemon is killed again and again, held against a model: each command once, in order."""

import json
import os
import random
import signal
import subprocess
import threading
import time
import uuid

from programs import Client, Failure, must
from setting import AUDIENCE

HISTORIES, TOGETHER, CLIENTS, COMMANDS = 500, 4, 3, 8
SEED = os.environ.get("MUSTER_SEED", "1")


class Call:
    """One command of one client, as often as it had to be sent, and every answer it got."""

    def __init__(self, instance, client, number, method, members):
        self.instance, self.client, self.number = instance, client, number
        self.method, self.members = method, members
        self.name = f"{instance}:{client}:{number}"
        self.answers = []

    def send(self, client, name=None):
        answer = client.call(
            self.method, {"instance": self.instance, "members": self.members}, commandId=name or self.name)
        self.answers.append(answer)


def _persistently(call, path, forgets):
    """Sends a command until it is answered; a forgetful client takes a new commandId each time."""
    for _ in range(200):
        name = str(uuid.uuid4()) if forgets else call.name
        with Client(path, timeout=10.0) as client:
            try:
                return call.send(client, name)
            except (OSError, ValueError):
                time.sleep(0.01)
    raise Failure(f"{call.name} was never answered")


def _client(instance, number, path, seed, calls, forgets):
    """Commands one after another; now and then one is sent again although it was answered."""
    chance = random.Random(f"{seed}:{instance}:{number}")
    for index in range(COMMANDS):
        method = "member.remove" if chance.randrange(3) == 0 else "member.add"
        members = [f"person{chance.randrange(12)}@example.org" for _ in range(chance.randrange(1, 4))]
        call = Call(instance, number, index, method, members)
        calls.append(call)
        for _ in range(2 if forgets or chance.randrange(4) == 0 else 1):
            _persistently(call, path, forgets)


def _history(path, number, failures, calls, forgets):
    instance = f"h{number}"
    try:
        _configure(path, instance, {**AUDIENCE, "instance": instance, "audienceName": f"History {number}"})
        clients = [
            threading.Thread(target=_client, args=(instance, one, path, SEED, calls, forgets)) for one in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
    except Exception as failure:  # told by the scenario, in its own thread
        failures.append(failure)


def _configure(path, instance, settings):
    """Asks until it is answered: a kill may meet the client's own second try as well."""
    for _ in range(50):
        try:
            with Client(path) as client:
                return client.call("instance.configure", settings, commandId=instance)
        except OSError as problem:
            last = problem
    raise last


class Killer(threading.Thread):
    """Kills the daemon every now and then."""

    def __init__(self, holder):
        super().__init__()
        self.holder, self.kills, self.over = holder, 0, threading.Event()

    def run(self):
        chance = random.Random(SEED)
        while not self.over.wait(chance.uniform(0.05, 0.2)):
            said = [line for line in self.holder.text().splitlines() if line.startswith(("started", "ended"))]
            if said and said[-1].startswith("started"):
                os.kill(int(said[-1].split()[1]), signal.SIGKILL)
                self.kills += 1


def _live(bench, count, forgets=False):
    """The calls of so many histories, some at a time, and how often the daemon was killed meanwhile."""
    bench.credential()
    holder = bench.holder()
    killer, calls, failures = Killer(holder), [], []
    killer.start()
    try:
        for start in range(0, count, TOGETHER):
            together = [
                threading.Thread(target=_history, args=(bench.socket, number, failures, calls, forgets))
                for number in range(start, min(start + TOGETHER, count))]
            for one in together:
                one.start()
            for one in together:
                one.join()
            if failures:
                raise failures[0]
    finally:
        killer.over.set()
        killer.join()
    with bench.client() as client:
        client.call("ping")
    must(holder.stop() == 0, "the last daemon did not end well")
    return calls, killer.kills


def _log(bench):
    """The member events of the log by the command they came from, without who was meant."""
    done = subprocess.run(
        [bench.path("muster"), "log", "export", "--state-directory", str(bench.state)],
        capture_output=True, text=True, timeout=100)
    must(done.returncode == 0, f"muster log export ended with {done.returncode}: {done.stderr}")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    return [one for one in events if one["type"] in ("membersAdded", "membersRemoved")]


def _problems(calls, events):
    """What contradicts the model: commands in the order of the log, each once, each answered as it was."""
    known, applied = {call.name: call for call in calls}, {}
    people, last, sizes = {}, {}, {}
    for event in events:
        call = known.get(event.get("commandId"))
        if call is None:
            yield f"position {event['position']} came from no command that was sent"
            continue
        if call.name in applied:
            yield f"{call.name} was applied twice"
        applied[call.name] = event["position"]
        before = people.setdefault(call.instance, set())
        named = set(call.members)
        changed = named - before if event["type"] == "membersAdded" else named & before
        if len(changed) != event["members"]:
            yield f"{call.name} changed {event['members']} members, and not {len(changed)}"
        people[call.instance] = before | named if event["type"] == "membersAdded" else before - named
        sizes[call.instance, event["position"]] = len(people[call.instance])
        if last.get((call.instance, call.client), -1) > call.number:
            yield f"{call.name} was applied behind a later command of its client"
        last[call.instance, call.client] = call.number
    for call in calls:
        yield from _answered_rightly(call, applied.get(call.name), sizes)


def _answered_rightly(call, position, sizes):
    for answer in call.answers:
        result = answer["result"]
        changed = result.get("added", 0) + result.get("removed", 0)
        if position is None:
            if changed:
                yield f"{call.name} was acknowledged and is not in the log"
        elif changed:
            if answer["position"] != position:
                yield f"{call.name} was told position {answer['position']}, and stands at {position}"
            if result["members"] != sizes[call.instance, position]:
                yield f"{call.name} was told {result['members']} members, and not {sizes[call.instance, position]}"
    told = [answer for answer in call.answers if answer["position"] == position]
    if position is not None and not told:
        yield f"{call.name} stands at {position} and was answered otherwise"
    if any(answer["result"] != told[0]["result"] for answer in told[1:]):
        yield f"{call.name} was answered in two ways"


def every_command_of_500_histories_is_applied_once_in_order_whatever_is_killed(bench):
    calls, kills = _live(bench, HISTORIES)
    events = _log(bench)
    problems = list(_problems(calls, events))
    must(not problems, f"{len(problems)} contradictions, such as {problems[:3]}")
    answers = sum(len(call.answers) for call in calls)
    again = sum(answer.get("replayed", False) for call in calls for answer in call.answers)
    must(kills > 10 and again > 10, f"only {kills} kills and {again} repeated answers")
    print(f"       {HISTORIES} histories, {len(calls)} commands, {answers} answers of which {again} repeated, "
          f"{kills} kills, 0 contradictions", flush=True)


every_command_of_500_histories_is_applied_once_in_order_whatever_is_killed.seconds = 400


def a_client_that_forgets_its_command_ids_is_noticed_by_the_model(bench):
    calls, _ = _live(bench, 4, forgets=True)
    problems = list(_problems(calls, _log(bench)))
    must(problems, "the model did not notice commands that nobody can tell apart")
