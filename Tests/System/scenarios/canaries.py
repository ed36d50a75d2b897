"""Secrets planted in every answer of TTD's, in members and in the credential come out nowhere but where they belong."""

import base64
import itertools
import json
import secrets

from front import Front
from programs import must, wait_for
from scenarios.credentials import ended
from secrets_planted import Search, forms
from setting import configured
from subjects import ahead

DEAD = "The supplied auth token is not valid or has expired."
LIST, CREATE, DROP, UPLOAD, STATUS = "list", "create", "drop", "upload", "status"
# An answer of 5xx is tried again and again but for a creation; a check asks once.
TROUBLES = [
    (LIST, 400), (LIST, 403), (CREATE, 400), (CREATE, 403), (CREATE, 500), (DROP, 400), (DROP, 403), (UPLOAD, 400),
    (UPLOAD, 403), (None, 200), (DROP, 401)]
CHECKED = [(LIST, 400), (LIST, 403), (LIST, 429), (LIST, 500), (LIST, 503), (None, 200)]


def _step(exchange):
    parts = exchange.target.split("?")[0].split("/")
    if not exchange.is_api:
        return UPLOAD
    if exchange.method == "POST":
        return CREATE if "targeting" in parts else DROP
    return LIST if len(parts) == 5 else STATUS


class Planter:
    """Puts secrets into every answer, one after another in each of their forms."""

    def __init__(self, search, members):
        self.search, self.trouble, self.planted, self.urls = search, (None, 200), 0, []
        given = [("the address", "canary-%s@leak.example.org"), ("the token", "%s" + secrets.token_hex(16)),
                 ("the signed URL", "https://bucket.example/%s?X-Amz-Signature=" + secrets.token_hex(32))]
        own = [search.add(name, (text % secrets.token_hex(9)).encode()) for name, text in given]
        shapes = [shape for one in own + members for shape in forms(one).values()]
        self.shapes = itertools.cycle(shapes)
        self.all = len(shapes)

    def next(self):
        self.planted += 1
        return next(self.shapes).decode()

    def refuse(self, exchange, _):
        step, status = self.trouble
        if step == _step(exchange):
            exchange.status, exchange.reason = status, "Planted"

    def plant(self, exchange):
        names = ("x-ttd-request-id", "x-amz-request-id", "Location", "ETag", "Set-Cookie", "WWW-Authenticate", "Server")
        exchange.answer_headers = [(name, self.next()) for name in names]
        if _step(exchange) == UPLOAD:
            exchange.answer = f"<Error><Code>No</Code><Message>{self.next()}</Message>{self.next()}</Error>".encode()
            return
        answer = json.loads(exchange.answer or "{}")
        self.urls += [answer["Url"].encode()] if "Url" in answer else []
        details = [{"Property": self.next(), "Reasons": [self.next(), self.next()]} for _ in range(4)]
        answer.update(Message=self.next(), ErrorDetails=details, Other={self.next(): [self.next()]})
        if self.trouble == (DROP, 401):
            answer["Message"] = f"{DEAD} {self.next()}"
        if "Segments" in answer:
            answer["Segments"].append({"CrmDataId": "other", "SegmentName": self.next(), "Region": "US"})
        exchange.answer = json.dumps(answer).encode()


def _look_everywhere(bench, answers):
    """Asks for everything that can be asked for; what the socket answers is kept."""
    with bench.client() as client:
        for method in ("status", "instance.list"):
            answers.append(client.call(method))
        for instance in ("acme", "plain"):
            for method in ("instance.show", "sync.list", "sync.plan"):
                answers.append(client.call(method, {"instance": instance}))
            run = answers[-2]["result"]["runs"][0]["run"]
            answers.append(client.call("sync.show", {"run": run}))
            bench.muster("sync", "show", str(run))
    for command in ("status", "doctor", "instance list", "sync list acme", "sync list plain"):
        bench.muster(*command.split(), expect=(0, 1, 2))


def _sent(bench, planter, answers):
    """Lets both audiences be sent in the midst of the present trouble."""
    states = set()
    for instance in ("acme", "plain"):
        with bench.client() as client:
            run = client.call("sync.now", {"instance": instance, "again": True})["result"]["run"]
        states.add(ended(bench, run)["state"])
    expected = {200: "succeeded", 401: "held"}.get(planter.trouble[1], "failed")
    must(states == {expected}, f"{planter.trouble}: the runs {states}")
    _look_everywhere(bench, answers)


def _checked(bench, planter, answers):
    for planter.trouble in CHECKED:
        for instance in ("acme", "plain"):
            bench.muster("instance", "check", instance, expect=range(12))
            with bench.client() as client:
                answers.append(client.call("instance.check", {"instance": instance}))


def _asked_about(bench, planter, answers):
    """Lets the daemon ask what became of the drops, six minutes later."""
    planter.trouble = (STATUS, 200)
    program = ahead(bench, 360, "--log-level", "trace")

    def shown():
        with bench.client() as client:
            runs = [
                client.call("sync.list", {"instance": instance})["result"]["runs"] for instance in ("acme", "plain")]
            last = [next(run["run"] for run in one if run["state"] == "succeeded") for one in runs]
            found = [client.call("sync.show", {"run": run}) for run in last]
        planter.trouble = (STATUS, 403 if any(one["result"]["dropStatus"] for one in found) else 200)
        return all(one["result"]["dropStatus"] for one in found) and found
    found = wait_for(shown, "both drops are asked about", 60)
    must(all("<redacted" in one["result"]["dropStatus"] for one in found), "nothing was redacted")
    answers += found
    _look_everywhere(bench, answers)
    must(program.stop() == 0, "the daemon did not end well")


def no_secret_of_an_answer_a_member_or_a_credential_comes_out_elsewhere(bench):
    search, answers = Search(), []
    bench.token = "own" + secrets.token_urlsafe(48)
    member = search.add("a member's address", f"canary.member.{secrets.token_hex(9)}@own.example.org".encode())
    plain = search.add(
        "a plain member's address", f"canary.plain.{secrets.token_hex(9)}@own.example.org".encode(),
        lambda place: place.startswith(("state/log/", "state/snapshots/")))
    token = search.add(
        "the credential's token", bench.token.encode(),
        lambda place: place in ("credentials/ttd-token", "sandbox-token"))
    bench.sandbox()
    planter = Planter(search, [member, plain, token])
    with Front(bench.endpoint, before=planter.refuse, after=planter.plant) as front:
        bench.credential(f"endpoint {front.endpoint}")
        daemon = bench.daemon("--log-level", "trace")
        configured(bench)
        configured(bench, instance="plain", audienceName="Plain", piiType="email")
        with bench.client() as client:
            for instance, one in (("acme", member), ("plain", plain)):
                client.call("member.add", {"instance": instance, "member": one.decode()})
        for planter.trouble in TROUBLES:
            _sent(bench, planter, answers)
        _checked(bench, planter, answers)
        must(daemon.stop() == 0, "the daemon did not end well")
        _asked_about(bench, planter, answers)
    for number, url in enumerate(planter.urls):
        search.add(f"upload address {number}", url)
        search.add(f"signature {number}", url.split(b"Signature=")[1].rstrip(b"&"))
    for command in ("dump", "dump --json", "export", "verify", "replay"):
        bench.muster("log", *command.split(), "--state-directory", str(bench.state))
    found = list(search.files(bench.folder))
    for place, text in [*bench.said, *(("an answer", json.dumps(one, ensure_ascii=False)) for one in answers)]:
        found += search.look(place, text.encode())
    print(f"       {planter.planted} planted, {len(search.secrets)} secrets in {len(forms(token))} forms", flush=True)
    must(planter.planted > 4 * planter.all, "not every form was planted often")
    must(not found, "; ".join(found[:5]))


def each_form_of_a_secret_is_found_where_it_is_planted(bench):
    secret = b"canary.person+x/y@leak.example.org?a=b"
    search = Search()
    search.add("it", secret, lambda place: place.startswith("home/"))
    written = {
        "plain": secret, "hex": secret.hex().encode(), "HEX": secret.hex().upper().encode(),
        "escaped": b"canary.person%2Bx%2Fy%40leak.example.org%3Fa%3Db", "dump": b"%" + secret.hex("%").encode(),
        "json": b"canary.person+x\\/y@leak.example.org?a=b"}
    for before in range(5):
        text = base64.b64encode(b"abcde"[:before] + secret + b"z")
        written |= {f"base64 {before}": text, f"url {before}": base64.urlsafe_b64encode(b"\xff" * before + secret)}
    for folder in ("home", "other"):
        (bench.folder / folder).mkdir()
        for name, text in written.items():
            (bench.folder / folder / name).write_bytes(b"so " + text + b" here")
    (bench.folder / "other" / secret.hex()).touch()
    found = list(search.files(bench.folder))
    for name in (*written, secret.hex()):
        must(any(f"other/{name}" in one for one in found), f"{name} is not found")
    must(not any("home/" in one for one in found), "it is found where it belongs")
    (bench.folder / "clean").write_bytes(b"canary.person@leak.example.org")
    must(not any("clean" in one for one in search.files(bench.folder)), "it is found where it is not")
