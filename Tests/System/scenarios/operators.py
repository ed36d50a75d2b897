"""What operators look at, without a systemd: the doctor with the daemon up, down and wrong, and the metrics."""

import datetime
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import threading

import exposition
from disks import needs, separated
from programs import ROOT, Skipped, failure_of, must, wait_for
from setting import configured, fill
from subjects import ahead

STRANGER = 27102
# Whether this machine's clock is synchronised is none of the scenarios' business.
HERE = ("--skip", "clock")
EXAMPLES = ROOT / "systemd" / "examples"


def _findings(done):
    return json.loads(done.out)["findings"]


def _doctor(bench, *options, expect, skip=HERE):
    """What the doctor finds, by what it looked at."""
    found = {}
    for one in _findings(bench.muster("doctor", "--json", *skip, *options, expect=(expect,))):
        found.setdefault(one["check"], []).append(one)
    for one in (line for lines in found.values() for line in lines):
        must((one["level"] == "ok") == ("remedy" not in one), f"a remedy is missing, or too much: {one}")
    return found


def _levels(found):
    """Each check that is not well, with its worst level."""
    worst = {check: max((one["level"] for one in lines), key=("ok", "warn", "bad").index)
             for check, lines in found.items()}
    return {check: level for check, level in worst.items() if level != "ok"}


def _sent(bench):
    """A daemon with an audience that was sent and has its schedule: nothing is left to wish for."""
    bench.sandbox()
    daemon = bench.daemon()
    configured(bench, schedule={"dailyAt": "03:00", "timeZone": "UTC"})
    fill(bench, 20)
    bench.muster("sync", "now", "acme", "--wait", "--again")
    return daemon


def the_doctor_looks_at_everything_and_finds_nothing_on_a_daemon_that_is_well(bench):
    _sent(bench)
    found = _doctor(bench, expect=0)
    must(set(found) == {
        "socket", "group", "unit", "sandbox", "daemon", "disk", "log", "runs", "schedules", "credentials", "retention",
        "endpoint"}, f"it looks at {sorted(found)}")
    must("ttd-token: its endpoint answers, and takes the token" in found["endpoint"][0]["message"], f"{found['endpoint']}")
    must("free for the log" in found["disk"][0]["message"], f"{found['disk']}")
    lines = bench.muster("doctor", *HERE).out.splitlines()
    must(len(lines) == len(found), f"it has not one line each: {lines}")
    must(bench.muster("doctor", "--quiet", *HERE).out == "", "it is not quiet")
    bench.muster("doctor", "--skip", "nothing", expect=(2,))


def the_doctor_explains_a_daemon_that_is_down_and_looks_at_its_log(bench):
    daemon = _sent(bench)
    must(daemon.stop() == 0, "the daemon ended badly")
    down = _doctor(bench, expect=3)
    must(_levels(down) == {"socket": "bad", "daemon": "bad"}, f"it finds {_levels(down)}")
    must("--state-directory" in down["log"][0]["message"], f"it says of the log {down['log']}")
    named = ("--state-directory", str(bench.state))
    well = _doctor(bench, *named, expect=3)
    must("whole up to position" in well["log"][0]["message"], f"it says of the log {well['log']}")
    segment = sorted((bench.state / "log").iterdir())[0]
    content = bytearray(segment.read_bytes())
    content[300] ^= 1
    segment.write_bytes(content)
    damaged = _doctor(bench, *named, expect=3)
    must(_levels(damaged)["log"] == "bad", f"a damaged log is {damaged['log']}")
    must("muster log verify" in damaged["log"][0]["remedy"], f"the remedy is {damaged['log']}")


def the_doctor_names_a_wrong_socket_a_stale_one_and_one_that_may_not_be_opened(bench):
    pathlib.Path(bench.socket).write_text("")
    seen, = _doctor(bench, expect=3)["socket"]
    must("this is no socket" in seen["message"] and seen["level"] == "bad", f"of a file it says {seen}")
    os.unlink(bench.socket)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(bench.socket)
    stale = _doctor(bench, expect=3)
    must("nobody listens" in stale["daemon"][0]["message"], f"of a stale socket it says {stale['daemon']}")
    os.unlink(bench.socket)
    if os.geteuid() != 0:
        raise Skipped("only root can be another user")
    bench.credential()
    bench.daemon()
    bench.folder.chmod(0o755)
    os.chmod(bench.socket, 0o600)
    lent = bench.folder / "muster"
    shutil.copy(bench.path("muster"), lent)
    lent.chmod(0o755)
    said = subprocess.run(
        [lent, "doctor", "--json", *HERE, "--socket", bench.socket], text=True, capture_output=True, user=STRANGER,
        group=STRANGER, extra_groups=[], timeout=60, check=False)
    bench.said.append(("muster doctor", said.stdout + said.stderr))
    must(said.returncode == 3, f"it ended with {said.returncode}")
    seen, = [one for one in json.loads(said.stdout)["findings"] if one["check"] == "daemon"]
    must("permission denied" in seen["message"] and "usermod" in seen["remedy"], f"it says {seen}")


def the_doctor_asks_the_trade_desk_and_names_what_is_in_the_way(bench):
    _sent(bench)
    before = len(json.loads(bench.inspect())["segments"])
    bench.credential(f"endpoint {bench.endpoint}", name="other")
    configured(bench, instance="second", audienceName="Second", credential="other")
    found = _doctor(bench, "--skip", "runs", "--skip", "schedules", expect=0)["endpoint"]
    must(len(found) == 2, f"two credentials are asked about as {found}")
    must(len(json.loads(bench.inspect())["segments"]) == before, "a question made something")
    token, bench.token = bench.token, "another-token-than-the-accepted-one"
    bench.credential(f"endpoint {bench.endpoint}")
    refused = _doctor(bench, "--skip", "runs", "--skip", "schedules", expect=2)
    must(_levels(refused) == {"endpoint": "bad"}, f"of a wrong token it says {_levels(refused)}")
    must(refused["endpoint"][0]["instance"] == "acme", f"it names no audience: {refused['endpoint']}")
    bench.token = token
    bench.credential(f"endpoint {bench.endpoint}")
    bench.started[0].stop()
    away = _doctor(bench, "--skip", "runs", "--skip", "schedules", expect=2)
    must("cannot be reached" in away["endpoint"][0]["message"], f"of nobody there it says {away['endpoint']}")
    must("endpoint" not in _doctor(
        bench, "--skip", "runs", "--skip", "schedules", "--skip", "endpoint", expect=0), "it asks all the same")
    (bench.credentials / "ttd-token").unlink()
    gone = _doctor(bench, "--skip", "runs", "--skip", "schedules", expect=2)
    must(_levels(gone)["credentials"] == "bad", f"of no credential it says {gone['credentials']}")


def the_doctor_warns_before_the_disk_is_full(bench):
    needs("mount")
    if not separated():
        raise Skipped("mounts are not allowed here")
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=100m,mode=700", "tmpfs", str(bench.state)], check=True, timeout=60)
    bench.credential()
    daemon = bench.daemon()
    found = _doctor(bench, expect=2)
    must(_levels(found) == {"disk": "bad"}, f"with 100 MiB it finds {_levels(found)}")
    daemon.stop()
    down = _doctor(bench, "--state-directory", str(bench.state), expect=3)
    must(_levels(down)["disk"] == "bad", f"without a daemon it says {down['disk']}")


def the_doctor_tells_of_a_clock_that_is_before_the_newest_event(bench):
    bench.credential()
    program = ahead(bench, 86_400)
    configured(bench, schedule={"dailyAt": "03:00", "timeZone": "UTC"})
    options = ("--skip", "runs", "--skip", "endpoint")
    found = _doctor(bench, *options, skip=(), expect=2)
    must(found["clock"][0]["level"] == "bad", f"it says of the clock {found['clock']}")
    must("before the newest event" in found["clock"][0]["message"], f"{found['clock']}")
    # The next process knows it from the log.
    program.stop()
    bench.daemon()
    again = _doctor(bench, *options, skip=(), expect=2)
    must("before the newest event" in again["clock"][0]["message"], f"{again['clock']}")


def the_metrics_are_in_prometheus_form_and_say_what_status_says(bench):
    query = str(bench.folder / "query.sock")
    bench.sandbox()
    bench.daemon("--query-socket", query)
    configured(bench, schedule={"dailyAt": "03:00", "timeZone": "UTC"})
    configured(bench, instance="second", audienceName="Second", enabled=False)
    fill(bench, 20)
    bench.muster("sync", "now", "acme", "--wait", "--again")
    wait_for(lambda: os.path.exists(query), "the query socket is there")
    with bench.client() as kept:
        status = kept.call("status")["result"]
        acme, second = kept.call("instance.list")["result"]["instances"]
        found = exposition.read(_written(bench, query))
    expected = {
        "muster_up": 1, "muster_log_position": status["position"], "muster_commits_total": status["commits"],
        "muster_log_segments": status["segments"], "muster_log_size_bytes": status["bytes"], "muster_runs_due": 0,
        "muster_runs_under_way": 0, "muster_streams": 0, "muster_audiences": 2,
        "muster_start_time_seconds": _seconds(status["startedAt"])}
    for name, number in expected.items():
        must(exposition.value(found, name) == number, f"{name} is {found[name]}, and not {number}")
    must(exposition.value(found, "muster_connections") == 2, f"{found['muster_connections']} clients are there")
    must(status["commits"] > 0, "nothing was counted")
    of = {"instance": "acme"}
    must(exposition.value(found, "muster_members", **of) == 20 == acme["members"], "members are counted otherwise")
    must(exposition.value(found, "muster_members", instance="second") == second["members"] == 0, "so are none")
    ended = _seconds(acme["lastSync"]["endedAt"])
    must(exposition.value(found, "muster_last_success_timestamp_seconds", **of) == ended, "the success is another")
    must(0 <= exposition.value(found, "muster_sync_age_seconds", **of) < 120, "the sync has another age")
    ends = found["muster_runs_ended_total"]
    must(exposition.value(found, "muster_runs_ended_total", end="succeeded") == 1, f"the ends are {ends}")
    must(exposition.value(found, "muster_last_run", **of, end="succeeded") == 1, f"{found['muster_last_run']}")
    must(exposition.value(found, "muster_retention_time_left_seconds", **of) == 180 * 86_400, "TTD forgets otherwise")
    must(
        exposition.value(found, "muster_next_sync_timestamp_seconds", **of) == _seconds(acme["nextSync"]),
        "the next sync is another")
    free = os.statvfs(bench.state)
    told = exposition.value(found, "muster_log_free_bytes")
    must(abs(told - free.f_bavail * free.f_frsize) < 1 << 30, f"{told} bytes are free")
    named = {labels["instance"] for rows in found.values() for labels, _ in rows if "instance" in labels}
    must(named == {"acme", "second"}, f"it names {named}")


def _written(bench, path):
    done = subprocess.run(
        [bench.path("muster"), "metrics", "--socket", path], capture_output=True, text=True, timeout=60, check=False)
    bench.said.append(("muster metrics", done.stdout + done.stderr))
    must(done.returncode == 0, f"muster metrics ended with {done.returncode}: {done.stderr}")
    return done.stdout


def _seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def the_metrics_file_is_replaced_as_a_whole_and_says_when_the_daemon_is_down(bench):
    bench.credential()
    daemon = bench.daemon()
    configured(bench)
    target = bench.folder / "muster.prom"
    old_mask = os.umask(0o077)
    try:
        bench.muster("metrics", "--output", str(target))
    finally:
        os.umask(old_mask)
    must(target.stat().st_mode & 0o777 == 0o644, f"its mode is {target.stat().st_mode:o}")
    stop, wrong, reads = threading.Event(), [], []

    def read():
        while not stop.is_set():
            reads.append(1)
            wrong.append(failure_of(lambda: exposition.read(target.read_text())))
    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(20):
            bench.muster("metrics", "--output", str(target))
    finally:
        stop.set()
        reader.join()
    must(len(reads) > 20 and not any(wrong), f"a reader saw {next(filter(None, wrong), None)}")
    daemon.stop()
    bench.muster("metrics", "--output", str(target), expect=(3,))
    must(exposition.read(target.read_text()) == {"muster_up": [({}, 0.0)]}, f"it says {target.read_text()}")
    bench.muster("metrics", "--output", str(bench.folder / "nowhere" / "muster.prom"), expect=(2,))
    left = [path.name for path in bench.folder.iterdir() if path.name.startswith("muster.prom.")]
    must(not left, f"it leaves {left}")


def the_readers_of_the_metrics_notice_what_is_wrong_with_them(bench):
    head = "# HELP muster_a It.\n# TYPE muster_a gauge\n"
    for text in (
            head, f"{head}muster_a 1", f"{head}muster_a one\n", f"{head}muster_a 1\nmuster_a 1\n", "muster_a 1\n",
            f'{head}muster_a{{x="a"b"}} 1\n', f"{head}muster_b 1\n", f"{head}{head}muster_a 1\n",
            "# HELP muster_a_total It.\n# TYPE muster_a_total gauge\nmuster_a_total 1\n",
            "# HELP muster_left_days It.\n# TYPE muster_left_days gauge\nmuster_left_days 1\n"):
        must(failure_of(lambda text=text: exposition.read(text)), f"it takes {text!r}")
    must(exposition.read(f'{head}muster_a{{x="a\\"b"}} 1\n'), "it takes nothing")


def the_example_units_pass_systemd_analyze_verify_without_a_word(bench):
    tool = shutil.which("systemd-analyze")
    must(tool, "systemd-analyze is not installed")
    units = [path for path in sorted(EXAMPLES.rglob("*")) if path.is_file()]
    named = []
    for path in [*units, *(ROOT / "systemd").glob("musterd*.s*")]:
        inner = path.relative_to(EXAMPLES) if path in units else pathlib.Path(path.name)
        copy = bench.folder / "units" / inner
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text().replace("/usr/libexec/musterd", bench.path("musterd"))
        copy.write_text(re.sub(r"(?m)^ExecStart=/usr/bin/muster\b", f"ExecStart={bench.path('muster')}", text))
        if copy.suffix in (".service", ".timer") and path in units or copy.name == "musterd.service":
            named.append(str(copy).replace("@.", "@musterd."))
    seen = subprocess.run([tool, "verify", "--man=no", *named], capture_output=True, text=True, timeout=60, check=False)
    must(seen.returncode == 0 and seen.stdout + seen.stderr == "", f"it says: {seen.stdout}{seen.stderr}")
    for unit in ("musterd-doctor.service", "musterd-metrics.service"):
        scored = subprocess.run(
            [tool, "security", "--offline=true", "--no-pager", "--threshold=12", str(bench.folder / "units" / unit)],
            capture_output=True, text=True, timeout=60, check=False)
        must(scored.returncode == 0, f"{unit}: {scored.stdout.splitlines()[-1:]}{scored.stderr}")
