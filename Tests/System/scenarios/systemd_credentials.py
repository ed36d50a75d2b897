"""Under a real systemd: both kinds of credentials, with a sync to a stand-in for TTD on the box's own loopback."""

import hashlib
import json

from audience import rows
from programs import ROOT, must
from scenarios.credentials import ended, sent
from scenarios.systemd_activation import started
from setting import configured, fill

WAITS = True

LISTEN = "127.0.0.1:8090"
ENDPOINT = f"endpoint http://{LISTEN}/v3"


def _desk(bench, box):
    """Starts the stand-in inside; it takes the bench's token and no other."""
    box.put("root/accepted", bench.token + "\n", 0o600)
    desk = box.start("desk", "ttd-sandbox", "--listen", LISTEN, "--token-file", "/root/accepted")
    desk.said(r"http://127\.0\.0\.1:8090/v3")


def _held_by_the_desk(box):
    """The one list that the stand-in has accepted: how many rows, and their digest."""
    # Nothing but the box is on its network, so the question is asked inside.
    asked = "import urllib.request as u; print(u.urlopen('http://%s/inspect').read().decode())" % LISTEN
    report = json.loads(box.run("/usr/bin/python3", "-c", asked, keep=False).out)
    must(report["problems"] == {}, f"the stand-in complains of {report['problems']}")
    drops = [drop for segment in report["segments"] for drop in segment["drops"] if drop["accepted"]]
    must(len(drops) == 1, f"{len(drops)} lists were accepted")
    return drops[0]["rows"], drops[0]["sha256"]


def _sends(bench, box):
    crowd = fill(bench, 500)
    run = sent(bench)
    must(run["state"] == "succeeded", f"the run {run['state']}: {run['reason'] or run['class']}")
    must(_held_by_the_desk(box) == (500, hashlib.sha256(rows(crowd)).hexdigest()), "another list arrived")


def _hidden(bench, box):
    """The token is where the service finds it, and nowhere that others look."""
    process = box.show("musterd.service", "MainPID")["MainPID"]
    seen = box.run("sh", "-c", f"cat /proc/{process}/environ /proc/{process}/cmdline", keep=False).out
    must(bench.token not in seen, "the token is in the environment or on the command line")
    must("CREDENTIALS_DIRECTORY=" in seen, "there is no directory of credentials")
    told = box.run("systemctl", "show", "musterd.service", keep=False).out
    must(bench.token not in told, "systemctl show tells the token")
    listed = box.run(
        "sh", "-c", "ls -l /run/credentials/musterd.service/", user="nobody", expect=range(256), keep=False)
    must(listed.code != 0, "another user can list the credentials")


def a_plain_credential_reaches_the_daemon_alone_and_a_sync_uses_it(bench):
    with bench.box(lambda box: box.token(ENDPOINT)) as box:
        _desk(bench, box)
        started(box)
        configured(bench)
        _sends(bench, box)
        _hidden(bench, box)
        owner = box.run("stat", "--format=%a %U", "/etc/musterd/credentials/ttd-token").out.strip()
        must(owner == "600 root", f"the file is {owner}")


def an_encrypted_credential_reaches_the_daemon_and_lies_nowhere_in_the_clear(bench):
    example = (ROOT / "systemd/examples/musterd.service.d/credential.conf").read_text()
    with bench.box(lambda box: box.drop_in("musterd.service", example)) as box:
        _desk(bench, box)
        box.run("systemd-creds", "setup")
        box.run("mkdir", "-p", "/etc/musterd/credentials")
        box.run(
            "systemd-creds", "encrypt", "--with-key=host", "--name=ttd-token", "-",
            "/etc/musterd/credentials/ttd-token.cred", feed=f"{bench.token}\n{ENDPOINT}\n")
        started(box)
        configured(bench)
        _sends(bench, box)
        _hidden(bench, box)
        found = box.run(
            "grep", "--recursive", "--files-with-matches", bench.token, "/etc", "/var", expect=(1,), keep=False)
        must(found.out == "", f"the token lies in {found.out}")


def a_missing_credential_holds_runs_and_a_new_one_lets_them_go_after_a_restart(bench):
    with bench.box() as box:
        _desk(bench, box)
        started(box)
        configured(bench)
        fill(bench, 500)
        run = sent(bench)
        must((run["state"], run["reason"]) == ("held", "credential"), f"the run is {run['state']}, {run['reason']}")
        box.token(ENDPOINT)
        box.run("systemctl", "restart", "musterd.service")
        with bench.client() as client:
            released = client.call("sync.list", {"instance": "acme"})["result"]["runs"][0]
        must(released["run"] > run["run"], "the new token did not begin a run by itself")
        run = ended(bench, released["run"])
        must(run["state"] == "succeeded", f"the run {run['state']}: {run['reason'] or run['class']}")
        must(_held_by_the_desk(box)[0] == 500, "another list arrived")
