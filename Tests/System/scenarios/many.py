"""Two hundred audiences that are due at once are all sent, four calls at a time, while commands are answered."""

import datetime
import json
import threading
import time
import urllib.request

from front import Front
from programs import MusterError, failure_of, must, wait_for
from setting import AUDIENCE, configured, fill
from subjects import ahead

COUNT, ADVERTISERS, REGIONS = 200, 8, ("US", "EU", "APAC")
MOST = 4
# Far above what a busy machine needs, far below what a client would call away.
BOUND = 5.0


def _configured(bench, daily):
    """So many audiences under three credentials, each with people of its own."""
    with bench.client() as client:
        for number in range(COUNT):
            client.call("instance.configure", {
                **AUDIENCE, "instance": f"a{number}", "advertiserId": f"adv{number % ADVERTISERS}",
                "audienceName": f"Audience {number}", "region": REGIONS[number % 3], "credential": f"token{number % 3}",
                "schedule": {"dailyAt": daily, "timeZone": "UTC"}})
            client.call("member.add", {"instance": f"a{number}", "members": _members(number)})


def _members(number):
    return [f"person{number}.{one}@example.org" for one in range(1 + number % 7)]


class Caller(threading.Thread):
    """Asks and commands all the time on a connection of its own, and keeps how long each took."""

    def __init__(self, bench, instance="other"):
        super().__init__(daemon=True)
        self.bench, self.instance = bench, instance
        self.times, self.done, self.wrong = [], threading.Event(), None

    def run(self):
        try:
            with self.bench.client() as client:
                while not self.done.is_set():
                    self.timed(client, "ping", {})
                    member = f"person{len(self.times)}@example.org"
                    self.timed(client, "member.add", {"instance": self.instance, "member": member})
                    time.sleep(0.005)
        except (OSError, MusterError) as problem:
            self.wrong = problem

    def timed(self, client, method, params):
        begun = time.monotonic()
        client.call(method, params)
        self.times.append(time.monotonic() - begun)

    def must_have_been_answered(self, bound=BOUND):
        self.done.set()
        self.join(30)
        must(self.wrong is None, f"another client had {self.wrong}")
        times = sorted(self.times)
        must(len(times) > 100, f"another client was answered {len(times)} times")
        must(times[-1] < bound, f"another client waited {times[-1]:.1f} s")
        return f"{len(times)} answers, p50 {times[len(times) // 2] * 1000:.1f} ms, max {times[-1] * 1000:.0f} ms"


def _sent(bench):
    with bench.client() as client:
        return sum(one["lastSync"] is not None for one in client.call("instance.list")["result"]["instances"])


def two_hundred_audiences_due_at_once_are_sent_four_calls_at_a_time(bench):
    bench.sandbox("--page-size", "7")
    in_two_minutes = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=2)
    with Front(bench.endpoint, before=lambda *_: time.sleep(0.02)) as front:
        for number in range(3):
            bench.credential(f"endpoint {front.endpoint}", name=f"token{number}")
        daemon = bench.daemon()
        configured(bench, instance="other", audienceName="other")
        _configured(bench, in_two_minutes.strftime("%H:%M"))
        must(daemon.stop() == 0, "the daemon did not end well")
        must(not front.exchanges, "something was sent before its time")
        # Past the ten minutes over which audiences of one time are spread.
        daemon = ahead(bench, 1200)
        begun = time.monotonic()
        caller = Caller(bench)
        caller.start()
        wait_for(lambda: _sent(bench) == COUNT, "all are sent", 100)
        took = time.monotonic() - begun
        answers = caller.must_have_been_answered()
        must(front.most == MOST, f"{front.most} calls of the API were under way at once, not {MOST}")
        must(daemon.stop() == 0, "the daemon did not end well")
    print(f"       {took:.1f} s, {len(front.exchanges)} exchanges, at most {front.most} of the API at once; {answers}",
          flush=True)
    report = json.loads(bench.inspect())
    must(report["problems"] == {}, f"the stand-in complains of {report['problems']}")
    there = {(one["segmentName"], one["advertiserId"], one["region"]): [drop["rows"] for drop in one["drops"]]
             for one in report["segments"]}
    must(there == {
        (f"Audience {number}", f"adv{number % ADVERTISERS}", REGIONS[number % 3]): [len(_members(number))]
        for number in range(COUNT)}, "other lists were sent")


def calls_that_are_under_way_at_once_are_counted_and_a_slow_answer_is_noticed(bench):
    bench.sandbox()
    all_there = threading.Barrier(2 * MOST)

    def ask(front):
        question = urllib.request.Request(f"{front.endpoint}/crmdata/segment/adv", headers={"TTD-Auth": bench.token})
        with urllib.request.urlopen(question, timeout=30) as answer:
            answer.read()
    with Front(bench.endpoint, before=lambda *_: all_there.wait(30)) as front:
        callers = [threading.Thread(target=ask, args=[front]) for _ in range(2 * MOST)]
        for one in callers:
            one.start()
        for one in callers:
            one.join()
        must(front.most == 2 * MOST, f"{front.most} of {2 * MOST} calls are counted")
    caller = Caller(bench)
    caller.times = [0.001] * 200 + [BOUND + 1]
    caller.done.set()
    bench.daemon()
    caller.start()
    must(failure_of(caller.must_have_been_answered), "an answer that took too long is not noticed")


def phone_numbers_are_refused_as_such(bench):
    bench.credential()
    bench.daemon()
    configured(bench)
    fill(bench, 10)
    phones = ["+49 170 1234567", "004917012345678", "+1 (555) 010-9999", "5550109999"]
    with bench.client() as client:
        answer = client.call("member.add", {"instance": "acme", "members": phones})["result"]
    must([one["reason"] for one in answer["rejected"]] == ["phone"] * len(phones), f"it says {answer['rejected']}")
    must((answer["added"], answer["members"]) == (0, 10), f"it says {answer}")
    feed = "".join(f"{one}\n" for one in phones).encode()
    done = bench.muster("member", "add", "acme", "-", feed=feed, expect=(11,))
    must("phone" in done.out + done.err and "555" not in done.out + done.err, f"it says {done.out}{done.err}")
