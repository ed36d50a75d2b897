"""Under a real systemd: what the journal is told of runs, in fields, and what its catalog says to do."""

import re

from programs import ROOT, must
from scenarios.credentials import sent
from scenarios.systemd_activation import started
from scenarios.systemd_credentials import ENDPOINT, _desk
from setting import configured, fill, people

WAITS = True

MESSAGES = re.findall(
    r"case (\w+) = \"([0-9a-f]{32})\"", (ROOT / "Sources/musterd/Systemd/JournalMessage.swift").read_text())


def the_journal_has_fields_for_what_operators_ask_and_a_text_for_each_message(bench):
    with bench.box(lambda box: box.token(ENDPOINT)) as box:
        _desk(bench, box)
        started(box)
        configured(bench)
        empty = sent(bench)
        fill(bench, 40)
        good = sent(bench)
        with bench.client() as client:
            client.call("member.remove", {"instance": "acme", "members": people(40)})
        again = sent(bench, again=True)
        box.run("systemctl", "stop", "musterd.service")
        ids = dict(MESSAGES)

        def entry(name, *matches):
            found = box.journal(f"MESSAGE_ID={ids[name]}", *matches)
            must(len(found) == 1, f"there are {len(found)} entries {name} {matches}")
            return found[0]

        for name, run, priority in (
                ("runSkipped", empty, "4"), ("runSucceeded", good, "6"), ("runSkipped", again, "4")):
            one = entry(name, f"MUSTER_RUN={run['run']}")
            must(one["MUSTER_INSTANCE"] == "acme", f"it names the audience {one.get('MUSTER_INSTANCE')}")
            must(int(one["MUSTER_POSITION"]) > int(run["run"]), f"its position is {one['MUSTER_POSITION']}")
            must(one["PRIORITY"] == priority, f"its priority is {one['PRIORITY']}")
            must(one["SYSLOG_IDENTIFIER"] == "musterd", f"it is of {one['SYSLOG_IDENTIFIER']}")
            must(one["_SYSTEMD_UNIT"] == "musterd.service", f"it is of {one['_SYSTEMD_UNIT']}")
        must("an older list is still at TTD" in one["MESSAGE"], f"it says {one['MESSAGE']}")
        must(entry("ready")["MUSTER_POSITION"] == "0", "the daemon began at another position")
        last = entry("stopped")
        must(int(last["MUSTER_POSITION"]) >= int(one["MUSTER_POSITION"]), "it stopped at an earlier position")
        for one in box.journal("--unit=musterd.service", "_TRANSPORT=journal", "_COMM=musterd"):
            own = {key for key in one if key.startswith("MUSTER_")}
            known = {
                "MUSTER_INSTANCE", "MUSTER_RUN", "MUSTER_POSITION", "MUSTER_BYTES", "MUSTER_MEMBERS", "MUSTER_UID"}
            must(own <= known, f"the journal has the fields {own - known}")
        strays = box.journal("--unit=musterd.service", "_TRANSPORT=stdout")
        must(strays == [], f"beside the journal's socket it was told {[stray['MESSAGE'] for stray in strays]}")

        for name, identity in MESSAGES:
            said = box.run("journalctl", "--dump-catalog", identity).out
            must("Subject: " in said and "Defined-By: Muster" in said, f"the catalog says of {name}: {said}")
        told = box.run("journalctl", "--catalog", "--no-pager", f"MUSTER_RUN={good['run']}").out
        must(f"Run {good['run']} of the audience acme has sent its whole list" in told, f"journalctl -x says {told}")


def a_held_run_a_refused_client_and_a_wrong_credential_are_messages_of_their_own(bench):
    with bench.box(lambda box: box.put("usr/lib/sysusers.d/people.conf", 'u nora 4103 "neither" - /bin/sh\n')) as box:
        started(box)
        configured(bench, minimumMembers=1)
        fill(bench, 40)
        run = sent(bench)
        must(run["reason"] == "credential", f"the run is {run['state']}, {run['reason']}")
        box.run("chmod", "666", "/run/musterd/command.sock")
        box.run("muster", "sync", "now", "acme", user="nora", expect=(4,))
        ids = dict(MESSAGES)
        names = ("credentialWrong", "clientRefused", "runHeld")
        told = {name: box.journal(f"MESSAGE_ID={ids[name]}") for name in names}
        must(len(told["credentialWrong"]) == 1, f"the journal has {told}")
        must(told["credentialWrong"][0]["MUSTER_RUN"] == str(run["run"]), f"it names {told['credentialWrong']}")
        must("restart the service" in told["credentialWrong"][0]["MESSAGE"], f"it says {told['credentialWrong']}")
        must([one["MUSTER_UID"] for one in told["clientRefused"]] == ["4103"], f"it says {told['clientRefused']}")
        must(told["runHeld"] == [], f"it is called a guard's hold: {told['runHeld']}")
