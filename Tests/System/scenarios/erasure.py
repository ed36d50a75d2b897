"""People are erased from the log: no file names them, the log still verifies, and the next list is without them."""

import base64
import hashlib
import json
import os
import signal

from audience import digest, rows
from programs import ROOT, Skipped, must, wait_for
from scenarios.activation import daemon_pid
from scenarios.credentials import ended
from scenarios.rights import DAEMON
from setting import AUDIENCE, configured, fill, people

GONE = people(7)


def _log(bench, verb, *arguments, **options):
    return bench.muster("log", verb, *arguments, "--state-directory", str(bench.state), **options)


def _naming(bench, persons):
    """The files of the state directory that name one of them, in any form."""
    needles = []
    for one in persons:
        key = digest(one)
        needles += [one.encode(), key, key.hex().encode(), base64.b64encode(key)]
    return [path.name for path in bench.state.rglob("*") if path.is_file()
            for data in [path.read_bytes()] if any(needle in data for needle in needles)]


def _lived(bench):
    """Two audiences with the same people, one of addresses, kept by two daemons; a run waits at its upload."""
    bench.sandbox("--fault", "PUT /upload 1 hang")
    holder = bench.holder()
    configured(bench)
    crowd = fill(bench, 3000)
    with bench.client() as client:
        client.call("instance.configure", {**AUDIENCE, "instance": "plain", "audienceName": "Plain", "piiType": "email"})
        client.call("member.add", {"instance": "plain", "members": people(50)})
        client.call("member.remove", {"instance": "plain", "member": GONE[0]})
        client.call("member.add", {"instance": "plain", "member": GONE[0]})
        run = client.call("sync.now", {"instance": "acme"})["result"]["run"]
    wait_for(lambda: json.loads(bench.inspect())["faults"][0]["used"], "the upload waits")
    os.kill(daemon_pid(holder, 1), signal.SIGKILL)
    wait_for(lambda: "ended" in holder.text(), "the kill")
    must(holder.stop() == 0, "the holder did not end well")
    must(_naming(bench, GONE), "nothing names them before")
    return crowd, run


def erased_people_are_in_no_file_and_in_no_list(bench):
    crowd, run = _lived(bench)
    bench.people = crowd | {digest(one) for one in people(50)}
    reported = bench.folder / "report.json"
    done = json.loads(_log(
        bench, "erase", "--file", "-", "--report", str(reported), "--json", feed="\n".join(GONE).encode()).out)
    must((done["people"], done["slots"]) == (7, 7 + 7 + 2), f"it says {done}")
    must(_naming(bench, GONE) == [], f"still named in {_naming(bench, GONE)}")
    must(json.loads(reported.read_text()) == done, "the report says something else")
    must(not any(digest(one).hex() in reported.read_text() for one in GONE), "the report names somebody")
    _log(bench, "verify")
    read = bench.start("log_reader", "python3", str(ROOT / "proto-docs/log_reader.py"), str(bench.state))
    must(read.process.wait(60) == 0, f"the other reader says {read.text()[-300:]}")
    holder = bench.holder()
    with bench.client() as client:
        for instance in ("acme", "plain"):
            for one in GONE:
                shown = client.call("member.show", {"instance": instance, "member": one, "history": True})["result"]
                must((shown["member"], shown["history"]) == (False, []), f"{instance} knows somebody: {shown}")
        runs = client.call("sync.list", {"instance": "acme"})["result"]["runs"]
    must((runs[1]["run"], runs[1]["class"]) == (run, "erased"), f"the run under way is {runs[1]}")
    must(ended(bench, runs[0]["run"])["state"] == "succeeded", "the run was not made anew")
    left = rows(crowd - {digest(one) for one in GONE})
    segment, = json.loads(bench.inspect())["segments"]
    must(bench.inspect(f"/segments/{segment['crmDataId']}/rows") == left, "another list was sent")
    must(holder.stop() == 0, "the daemon did not end well")
    must(_naming(bench, GONE) == [], "a later file names somebody")
    record, = json.loads(_log(bench, "erasures", "--json").out)["erasures"]
    first = {one["instance"]: one["firstUpload"] for one in record["audiences"]}
    must(first["acme"]["run"] == runs[0]["run"] and first["plain"] is None, f"the first uploads are {first}")
    must(first["acme"]["digest"] == hashlib.sha256(left).hexdigest(), "the upload's digest is another")
    for one in record["audiences"]:
        one["firstUpload"] = None
    must(record == done["record"], f"the log says {record}, the report {done['record']}")


def an_earlier_list_says_that_people_were_erased_from_it(bench):
    _lived(bench)
    path, position = bench.folder / "list", json.loads(_log(bench, "replay", "--json").out)["position"]

    def upload():
        return json.loads(_log(
            bench, "replay", "--to", str(position), "--upload", "acme", "-o", str(path), "--force", "--json").out)
    before = upload()
    must(before["erasedBy"] == [], f"it says {before}")
    done = json.loads(_log(bench, "erase", "-", "--json", feed=GONE[0].encode()).out)
    after = upload()
    must(after["erasedBy"] == [done["record"]["event"]] and after["count"] == before["count"] - 1, f"it says {after}")
    must(after["digest"] != before["digest"], "the list is the same")


def an_erasure_says_what_it_would_do_and_finds_nobody_twice(bench):
    crowd, _ = _lived(bench)
    bench.people = crowd
    would = json.loads(_log(bench, "erase", "-", "--dry-run", "--json", feed=GONE[0].encode()).out)
    must(not would["erased"] and would["slots"] == 4 and _naming(bench, GONE[:1]), f"it says {would}")
    one = json.loads(_log(bench, "erase", "-", "--instance", "plain", "--json", feed=GONE[0].encode()).out)
    must([audience["instance"] for audience in one["record"]["audiences"]] == ["plain"], f"it erased from {one['record']}")
    _log(bench, "erase", "-", feed=GONE[0].encode())
    _log(bench, "erase", "-", feed=GONE[0].encode(), expect=(5,))
    _log(bench, "erase", "-", "--instance", "nobody", feed=GONE[0].encode(), expect=(5,))
    _log(bench, "erase", "not a person", expect=(2,))
    _log(bench, "erase", "--resume")
    holder = bench.holder()
    with bench.client() as client:
        client.call("ping")
    _log(bench, "erase", "-", feed=GONE[1].encode(), expect=(7,))
    must(holder.stop() == 0, "the daemon did not end well")


def whoever_is_kept_out_stays_out_until_that_is_lifted(bench):
    crowd, _ = _lived(bench)
    bench.people = crowd
    done = json.loads(_log(bench, "erase", "-", "--suppress", "--json", feed=GONE[2].encode()).out)
    must((done["people"], done["suppressed"]) == (1, 1), f"it says {done}")
    again = bench.folder / "again.txt"
    again.write_text("\n".join(GONE[2:4]) + "\n")
    for _ in range(2):
        holder = bench.holder()
        told = bench.ask("member", "add", "acme", "--file", str(again), expect=(11,))
        must([one["reason"] for one in told["rejected"]] == ["suppressed"], f"the import says {told}")
        with bench.client() as client:
            must(client.call("status")["result"]["suppressed"] == 1, "status tells another number")
        must(_naming(bench, [GONE[2]]) == [], f"named in {_naming(bench, [GONE[2]])}")
        must(holder.stop() == 0, "the daemon did not end well")
        # Makes a snapshot too, from which the next start goes on.
        _log(bench, "erase", "-", "--suppress", feed=f"{bench.token}@example.org".encode(), expect=(0, 5))
        _log(bench, "erase", "-", "--lift", feed=f"{bench.token}@example.org".encode(), expect=(0, 5))
    key = bench.state / "suppression.key"
    kept = key.read_bytes()
    key.unlink()
    refused = bench.start("musterd", bench.path("musterd"), "--socket", bench.socket, *bench.daemon_options())
    must(refused.process.wait(20) == 65 and "suppression.key" in refused.text(), f"it says {refused.text()[-200:]}")
    key.write_bytes(kept)
    _log(bench, "erase", "-", "--lift", feed=GONE[2].encode())
    _log(bench, "erase", "-", "--lift", feed=GONE[2].encode(), expect=(5,))
    holder = bench.holder()
    bench.muster("member", "add", "acme", "--file", str(again))
    must(holder.stop() == 0, "the daemon did not end well")


def what_root_writes_belongs_to_the_user_of_the_daemon(bench):
    """Root erases, adopts and repairs in the directory of another user, which that user's daemon must open again."""
    if os.geteuid() != 0:
        raise Skipped("only root has the rights of others")
    crowd, _ = _lived(bench)
    bench.people = crowd
    bench.folder.chmod(0o711)
    for path in (bench.state, *bench.state.rglob("*")):
        os.chown(path, DAEMON, DAEMON)
    report = bench.folder / "report.json"
    _log(bench, "erase", "-", "--suppress", "--report", str(report), feed=GONE[0].encode())
    record = json.loads(report.read_text())["record"]
    must((record["by"]["uid"], report.stat().st_uid) == (0, 0), f"it was done by {record['by']}")
    _log(bench, "adopt", "--yes")
    adopted, = _log(bench, "dump", "--type", "logAdopted", "--json").out.splitlines()
    _log(bench, "repair", "--truncate-at", str(json.loads(adopted)["position"]), "--yes")
    others = [path.name for path in bench.state.rglob("*") if path.stat().st_uid != DAEMON]
    must(not others, f"another user owns {others}")
    must(list(bench.state.glob("quarantine/*")), "nothing was cut")


def a_file_that_still_names_somebody_is_noticed(bench):
    _lived(bench)
    _log(bench, "erase", "-", feed=GONE[0].encode())
    for form in (GONE[0].encode(), digest(GONE[0]), digest(GONE[0]).hex().encode(), base64.b64encode(digest(GONE[0]))):
        (bench.state / "left").write_bytes(b"before" + form + b"behind")
        must(_naming(bench, GONE[:1]) == ["left"], "the search finds nothing")
