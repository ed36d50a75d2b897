"""Under a real systemd: what the doctor says of units and sandbox, the metrics of a watcher, and the example units."""

import json
import re

import exposition
from programs import ROOT, must, wait_for
from scenarios.systemd_access import prepared
from setting import AUDIENCE

WAITS = True

EXAMPLES = ROOT / "systemd" / "examples"
FOLDER = "/etc/systemd/system/musterd.service.d"


def _started(box):
    box.run("systemctl", "start", "musterd.socket", "musterd-query.socket", "musterd.service")
    box.run("muster", "call", "instance.configure", "-", feed=json.dumps({**AUDIENCE, "enabled": False}))


def _doctor(box, expect, *options, user=None):
    """What the doctor finds, by what it looked at; whether this machine's clock is synchronised is left out."""
    expected = expect if isinstance(expect, range) else (expect,)
    done = box.run("muster", "doctor", "--json", "--skip", "clock", *options, user=user, expect=expected)
    found = {}
    for one in json.loads(done.out)["findings"]:
        found.setdefault(one["check"], []).append(one)
    return found


def _bad(found, check):
    return [one for one in found[check] if one["level"] == "bad"]


def _remedy(found, check="unit"):
    """The commands of a remedy, as an operator would type them."""
    return re.search(r"Then (systemctl reset-failed.*)\.$", _bad(found, check)[0]["remedy"])[1]


def the_doctor_sees_units_sockets_groups_and_a_sandbox_as_shipped(bench):
    with bench.box(prepared) as box:
        _started(box)
        box.run("systemctl", "enable", "musterd.socket", "musterd-query.socket", "musterd.service")
        well = _doctor(box, 0)
        must("musterd.service runs" in well["unit"][0]["message"], f"it says {well['unit']}")
        must([one["message"] for one in well["sandbox"]] == ["it is as shipped"], f"it says {well['sandbox']}")
        must("mode 0660, group muster" in well["socket"][0]["message"], f"it says {well['socket']}")
        _doctor(box, 0, user="carla")
        watched = _doctor(box, 0, "--socket", "/run/musterd/query.sock", user="wanda")
        must("a member of muster-read" in watched["group"][0]["message"], f"it says {watched['group']}")
        outside = _doctor(box, 3, user="nora")
        must("usermod -aG muster nora" in _bad(outside, "group")[0]["remedy"], f"it says {outside['group']}")
        must("musterd.service runs" in outside["unit"][0]["message"], f"nora is told {outside['unit']}")


def the_doctor_tells_of_a_service_that_failed_with_65_and_does_not_start_it(bench):
    with bench.box(prepared) as box:
        _started(box)
        box.run("systemctl", "stop", "musterd.service", "musterd.socket", "musterd-query.socket")
        segment = sorted(box.place("var/lib/musterd/log").glob("*.seg"))[-1]
        whole = segment.read_bytes()
        segment.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
        box.run("systemctl", "start", "musterd.socket")
        box.run("systemctl", "start", "musterd.service", expect=(1,))
        box.is_unit("musterd.service", ActiveState="failed", ExecMainStatus="65")
        begun = box.show("musterd.service", "ExecMainStartTimestampMonotonic")
        found = _doctor(box, 2)
        message = _bad(found, "unit")[0]["message"]
        for words in ("it ended with 65: the log is damaged", "does not start it again"):
            must(words in message, f"it says {message}")
        remedy = _bad(found, "unit")[0]["remedy"]
        must("muster log verify --state-directory /var/lib/musterd" in remedy, f"the remedy is {remedy}")
        must("damaged" in _bad(found, "log")[0]["message"], f"of the log it says {found['log']}")
        must("it ended with 65" in _bad(_doctor(box, 2, user="carla"), "unit")[0]["message"], "carla is told otherwise")
        must(box.show("musterd.service", "ExecMainStartTimestampMonotonic") == begun, "the doctor started it")
        # Clients start it until systemd gives up.
        box.run("muster", "status", expect=(3, 7, 8))
        box.is_unit("musterd.socket", ActiveState="failed")
        tired = _doctor(box, 2)
        said = " ".join(one["message"] for one in _bad(tired, "unit"))
        must("it ended with 65" in said and "again and again" in said, f"it says {said}")
        segment.write_bytes(whole)
        box.run("sh", "-c", _remedy(tired))
        mended = _doctor(box, 0, "--skip", "unit")
        must("answers, at position 1" in mended["daemon"][0]["message"], f"it says {mended['daemon']}")


def the_doctor_tells_of_a_stopped_unit_a_killed_one_and_one_that_is_not_started_for_what_is_due(bench):
    with bench.box(prepared) as box:
        _started(box)
        box.run("systemctl", "enable", "musterd.socket", "musterd-query.socket", "musterd.service")
        box.run("systemctl", "kill", "--signal=KILL", "--kill-who=main", "musterd.service")
        box.is_unit("musterd.service", ActiveState="active", NRestarts="1")
        killed = _doctor(box, 1)
        must("ended badly 1 time" in killed["unit"][0]["message"], f"it says {killed['unit']}")
        box.run("systemctl", "reset-failed", "musterd.service")
        _doctor(box, 0)
        box.run("systemctl", "disable", "musterd.service", "musterd.socket")
        disabled = _doctor(box, 1)
        must("is not started when the host is" in disabled["unit"][0]["message"], f"it says {disabled['unit']}")
        box.run("systemctl", "stop", "musterd.service", "musterd.socket", "musterd-query.socket")
        stopped = _doctor(box, 2)
        must("is stopped, and so is its socket" in _bad(stopped, "unit")[0]["message"], f"it says {stopped['unit']}")
        must("systemctl start musterd.socket" in _bad(stopped, "socket")[0]["remedy"], f"it says {stopped['socket']}")
        box.run("systemctl", "start", "musterd.socket")
        resting = _doctor(box, 1)
        must("only a client starts it" in resting["unit"][0]["message"], f"it says {resting['unit']}")


def the_doctor_tells_of_each_drop_in_that_weakens_the_sandbox_and_names_its_file(bench):
    with bench.box(prepared) as box:
        _started(box)
        weakened = {
            "PrivateUsers=yes": "bad", "PrivateNetwork=yes": "bad", "LimitCORE=infinity": "bad", "UMask=0022": "bad",
            "RestrictAddressFamilies=\nRestrictAddressFamilies=AF_UNIX": "bad", "User=root": "bad",
            "NoNewPrivileges=no": "warn", "ProtectSystem=full": "warn", "ProtectHome=no": "warn",
            "CapabilityBoundingSet=CAP_SYS_ADMIN": "warn", "PrivateTmp=no": "warn", "RestrictNamespaces=no": "warn",
            "PrivateDevices=no": "warn", "ProtectClock=no": "warn", "LockPersonality=no": "warn",
            "MemoryDenyWriteExecute=no": "warn", "ProtectProc=default": "warn", "PrivateMounts=no": "warn",
            "SystemCallFilter=": "warn",
            "RestrictAddressFamilies=": "bad"}
        for line, level in weakened.items():
            box.put(f"{FOLDER}/weak.conf", f"[Service]\n{line}\n")
            box.run("systemctl", "daemon-reload")
            found = _doctor(box, range(3), "--skip", "unit", "--skip", "endpoint")
            name = line.split("=")[0]
            hit = [one for one in found["sandbox"] if one["message"].startswith(f"{name}=")]
            must([one["level"] for one in hit] == [level], f"of {line!r} it says {found['sandbox']}")
            must(f"{FOLDER}/weak.conf" in hit[0]["remedy"], f"the remedy is {hit[0]['remedy']}")
        # What it says of PrivateUsers= is so.
        box.put(f"{FOLDER}/weak.conf", "[Service]\nPrivateUsers=yes\n")
        box.run("systemctl", "daemon-reload")
        box.run("systemctl", "restart", "musterd.service")
        box.run(
            "muster", "call", "instance.configure", "-", user="carla",
            feed=json.dumps({**AUDIENCE, "minimumMembers": 7}))
        exported = box.run("muster", "log", "export", "--state-directory", "/var/lib/musterd").out
        actor = json.loads(exported.splitlines()[-1])["actor"]
        must(actor["uid"] == 65534, f"the event names {actor}")
        box.place(f"{FOLDER}/weak.conf").unlink()
        box.run("systemctl", "daemon-reload")
        box.run("systemctl", "restart", "musterd.service")
        must(_doctor(box, 0, "--skip", "unit")["sandbox"][0]["level"] == "ok", "it is still weak")


def a_watcher_gets_the_metrics_through_the_query_socket_and_the_collector_its_file(bench):
    with bench.box(prepared) as box:
        _started(box)
        told = box.run("muster", "metrics", "--socket", "/run/musterd/query.sock", user="wanda")
        found = exposition.read(told.out)
        must(exposition.value(found, "muster_members", instance="acme") == 0, f"it says {told.out}")
        must(exposition.value(found, "muster_log_position") == 1, f"it says {told.out}")
        refused = box.run("muster", "metrics", user="wanda", expect=(3,))
        must(exposition.read(refused.out) == {"muster_up": [({}, 0.0)]}, f"it says {refused.out}")
        _examples(box)
        folder = box.place("var/lib/prometheus/node-exporter")
        folder.mkdir(parents=True)
        box.run("chown", "carla:carla", "/var/lib/prometheus/node-exporter")
        box.run("systemctl", "start", "musterd-metrics.service")
        written = folder / "muster.prom"
        must(written.stat().st_mode & 0o777 == 0o644, "others cannot read it")
        must(exposition.value(exposition.read(written.read_text()), "muster_up") == 1, "it says that nothing is up")
        must([path.name for path in folder.iterdir()] == ["muster.prom"], "something is left beside it")
        box.run("systemctl", "start", "musterd-metrics.timer", "musterd-doctor.timer")
        box.is_unit("musterd-metrics.timer", ActiveState="active")


def _examples(box):
    """Installs the example units and what calls them, and a mail program that keeps what it is given."""
    for path in sorted(EXAMPLES.rglob("*.*")):
        if path.suffix in (".service", ".timer") or path.name == "alert.conf":
            box.put(f"etc/systemd/system/{path.relative_to(EXAMPLES)}", path.read_text())
    box.put("usr/bin/mail", '#!/bin/sh\n{ echo "$@"; cat; } >>/var/mail.txt\n', 0o755)
    box.run("systemctl", "daemon-reload")


def what_is_not_well_is_mailed_by_the_example_units_once_it_is_found(bench):
    with bench.box(prepared) as box:
        _started(box)
        _examples(box)
        box.put(
            "etc/systemd/system/musterd-doctor.service.d/loud.conf",
            "[Service]\nExecStart=\nExecStart=/usr/bin/muster doctor --skip unit\n")
        box.run("systemctl", "daemon-reload")
        # What this machine's clock is like decides whether it fails, not whether it can tell.
        box.run("systemctl", "start", "musterd-doctor.service", expect=(0, 1))
        said = "\n".join(
            one["MESSAGE"] for one in box.journal("--unit=musterd-doctor.service", "_COMM=muster"))
        must("answers, at position 1" in said and "it is as shipped" in said, f"in its sandbox it says {said}")
        must("not told" not in said, f"the sandbox keeps it from seeing something: {said}")
        box.place("var/mail.txt").unlink(missing_ok=True)
        box.place("etc/systemd/system/musterd-doctor.service.d/loud.conf").unlink()
        box.run("systemctl", "stop", "musterd.socket", "musterd-query.socket", "musterd.service")
        box.run("systemctl", "daemon-reload")
        box.run("systemctl", "start", "musterd-doctor.service", expect=(1,))
        mailed = wait_for(lambda: _mail(box, "reset-failed|start musterd.socket"), "the doctor's finding is mailed")
        must("musterd-doctor.service failed on" in mailed, f"the mail is {mailed}")
        box.place("var/mail.txt").unlink()
        box.put(f"{FOLDER}/wrong.conf", "[Service]\nExecStart=\nExecStart=/usr/libexec/musterd --log-level none\n")
        box.run("systemctl", "daemon-reload")
        box.run("systemctl", "start", "musterd.service", expect=(1,))
        mailed = wait_for(lambda: _mail(box, "ended with 78"), "the failure is mailed")
        must("musterd.service failed on" in mailed, f"the mail is {mailed}")


def _mail(box, pattern):
    place = box.place("var/mail.txt")
    text = place.read_text() if place.exists() else ""
    return text if re.search(pattern, text) else None
