"""Nothing about a person or a secret leaves by a side door."""

import base64
import os
import pathlib

from audience import digest
from programs import MusterError, must
from scenarios.activation import daemon_pid
from scenarios.credentials import sent
from setting import Wire, configured, fill

CANARY = "canary.person.7f3a@example.org"


def _told_in_every_way(bench):
    """Names one person in everything a client can send, rightly and wrongly."""
    with bench.client() as client:
        client.call("member.add", {"instance": "acme", "members": [CANARY, f"{CANARY} {CANARY}", f"{CANARY}@"]})
        client.call("member.show", {"instance": "acme", "member": CANARY})
        history = client.call("member.show", {"instance": "acme", "member": CANARY, "history": True})
        must([one["event"] for one in history["result"]["history"]] == ["membersAdded"], f"the history is {history}")
        for name in ("canary", digest(CANARY).hex(), base64.b64encode(digest(CANARY)).decode()):
            must(name not in str(history), "a history names its person")
        for method, params in (
                ("member.add", {"instance": CANARY, "member": CANARY}), (CANARY, {}),
                ("member.add", {"instance": "acme", "member": f"{CANARY}@"}),
                ("member.add", {"instance": "acme", "members": [CANARY, 7]}),
                ("instance.configure", {"instance": "acme", "region": CANARY}),
                ("instance.configure", {"instance": "acme", "schedule": {"dailyAt": "03:00", "timeZone": CANARY}})):
            try:
                client.call(method, params)
            except MusterError as error:
                said = f"{error} {error.details} {error.remedy}"
                must("canary" not in said, f"the refusal of {method} repeats it")
            else:
                must(False, f"{method} was taken")
    for body in (f'{{"id":1,"method":"{CANARY}"', f'"{CANARY}"', f'{{"id":1,"method":"ping","params":"{CANARY}"}}'):
        with Wire(bench.socket) as wire:
            wire.ask(body.encode())
            must("canary" not in str(wire.reply()), "a refusal repeats it")


def no_output_and_no_file_of_a_hashed_audience_holds_an_address_or_the_token(bench):
    bench.sandbox()
    holder = bench.holder("--log-level", "trace")
    configured(bench)
    fill(bench, 1600)
    _told_in_every_way(bench)
    bench.people.add(digest(CANARY))
    run = sent(bench)
    must(run["state"] == "succeeded", f"the run {run['state']}")
    pid = daemon_pid(holder, 1)
    for name in ("cmdline", "environ"):
        seen = pathlib.Path(f"/proc/{pid}/{name}").read_bytes()
        must(bench.token.encode() not in seen, f"the token is in the daemon's {name}")
    with bench.client() as client:
        answers = [client.call("status"), client.call("instance.list"), client.call("sync.list", {"instance": "acme"})]
    for secret in ("@", bench.token, "X-Amz"):
        must(secret not in str(answers), "a query shows an address, the token or a signed URL")
    bench.muster("log", "dump", "--state-directory", str(bench.state))
    must(holder.stop() == 0, "the daemon did not end well")
    files = [path for path in bench.state.rglob("*") if path.is_file()]
    for path in files:
        content = path.read_bytes()
        for secret in (b"canary", b"person1@", b"@example.org", bench.token.encode(), b"X-Amz-Signature"):
            must(secret not in content, f"{path.name} holds {secret!r}")
        must("canary" not in path.name, "a file's name holds it")


def the_state_directory_is_closed_to_others(bench):
    bench.credential()
    os.umask(0)
    try:
        bench.daemon()
        configured(bench)
        fill(bench)
    finally:
        os.umask(0o022)
    for path in [bench.state, *bench.state.rglob("*")]:
        others = path.stat().st_mode & 0o077
        must(others == 0, f"{path.name} is open to others: {others:o}")


def the_search_for_leaks_finds_what_is_planted(bench):
    person = digest(CANARY)
    for text in (CANARY, bench.token, person.hex(), base64.b64encode(person).decode(), "https://a.example/b?c"):
        bench.said = [("planted", f"so {text} here")]
        must(list(bench.leaks([person])), f"it does not see {text!r}")
    bench.said = [("clean", "member 3 of 7 was rejected: notAHash; http://127.0.0.1:80/v3")]
    must(not list(bench.leaks([person])), "it sees what is not there")
    bench.said = []
