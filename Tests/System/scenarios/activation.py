"""The socket outlives the daemon, and one state directory has one daemon."""

import os
import signal
import subprocess
import time

from programs import must, wait_for
from setting import configured, fill


def daemon_pid(holder, start):
    """The process of the holder's start number `start`, counted from 1."""
    def found():
        pids = [line.split()[1] for line in holder.text().splitlines() if line.startswith("started")]
        return int(pids[start - 1]) if len(pids) >= start else None
    return wait_for(found, f"start number {start}")


def killed(holder):
    """Kills the daemon of the holder's first start, and returns when it is gone."""
    pid = daemon_pid(holder, 1)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: f"ended {pid} -9" in holder.text(), "the kill")


def a_client_starts_the_daemon_and_the_next_one_starts_it_again_after_a_kill(bench):
    bench.credential()
    holder = bench.holder()
    must("started" not in holder.text(), "the daemon runs before anybody called")
    configured(bench)
    fill(bench)
    with bench.client() as client:
        before = client.call("status", {"stateHash": True})["result"]
    killed(holder)
    with bench.client() as client:
        after = client.call("status", {"stateHash": True})["result"]
    daemon_pid(holder, 2)
    for field in ("logId", "position", "chain", "stateHash", "members"):
        must(before[field] == after[field], f"{field} was {before[field]} and is {after[field]}")


def a_client_that_waits_while_the_daemon_is_away_is_served(bench):
    bench.credential()
    holder = bench.holder()
    configured(bench)
    with bench.client() as waiting:
        waiting.call("ping")
        os.kill(daemon_pid(holder, 1), signal.SIGKILL)
        must(waiting.call("ping")["result"] == {}, "no answer from the second daemon")


def sigterm_ends_the_daemon_with_0_and_cuts_the_log_to_its_last_commit(bench):
    bench.credential()
    daemon = bench.daemon()
    configured(bench)
    fill(bench)
    must(daemon.stop() == 0, f"it ended with {daemon.process.returncode}")
    last = max((bench.state / "log").iterdir())
    verified = bench.muster("log", "verify", "--state-directory", str(bench.state))
    must(verified.code == 0, "the log does not verify")
    must(last.read_bytes()[-512:].strip(b"\0") != b"", "the log's last segment ends in zeros")


def a_second_daemon_on_the_same_state_directory_is_refused_at_once(bench):
    bench.credential()
    bench.daemon()
    begun = time.monotonic()
    second = subprocess.run(
        [bench.path("musterd"), "--socket", bench.socket + "2", *bench.daemon_options()],
        capture_output=True, text=True, timeout=30)
    took = time.monotonic() - begun
    must(second.returncode != 0, "it ran")
    must(took < 5, f"it took {took:.1f} s to refuse")
    must("using this state directory" in second.stderr, f"it does not say why: {second.stderr}")
    with bench.client() as client:
        client.call("ping")


def a_daemon_that_nobody_would_start_again_may_not_end_when_idle(bench):
    bench.credential()
    for minutes, reason in (("5", "needs its sockets from systemd"), ("soon", "must be a number of minutes")):
        ended = subprocess.run(
            [bench.path("musterd"), "--socket", bench.socket, *bench.daemon_options(), "--exit-on-idle", minutes],
            capture_output=True, text=True, timeout=30)
        must(ended.returncode == 78, f"it ended with {ended.returncode}")
        must(reason in ended.stderr, f"it says {ended.stderr}")
