"""Under a real systemd: what the units forbid is refused, and what the daemon needs is not."""

import json

from programs import HERE, ROOT, must
from scenarios.systemd_activation import started
from setting import configured

WAITS = True

PROBER = (HERE / "prober.py").read_text()
# What a service may do all the same; everything else that the prober tries has to be refused.
DAEMON_MAY = {"write_in_the_state", "leave_a_file_in_tmp_for_others", "open_an_internet_socket"}
WAKER_MAY = {"leave_a_file_in_tmp_for_others"}
# Lines that say what runs and when, and not what it may do.
OTHER = (
    "Type=", "NotifyAccess=", "Environment=", "Exec", "Restart", "Timeout", "WatchdogSec=", "LoadCredential",
    "SetCredential", "StandardOutput=", "LogLevelMax=", "MemoryMax=", "TasksMax=")


def _sandbox(unit):
    """The lines of a unit that make its sandbox, for a transient one."""
    lines = (ROOT / "systemd" / unit).read_text().split("\n[Service]\n")[1].split("\n[")[0].splitlines()
    return [line for line in lines if line and not line.startswith("#") and not line.startswith(OTHER)]


def _tried(box, properties):
    """What came of the prober's tries under these properties."""
    options = [word for line in properties for word in ("-p", line)]
    done = box.run(
        "systemd-run", "--quiet", "--wait", "--pipe", "--collect", *options,
        "/usr/bin/python3", "/usr/libexec/prober.py")
    return json.loads(done.out)


def _boot(bench):
    def prepared(box):
        box.token()
        box.put("usr/libexec/prober.py", PROBER)
    return bench.box(prepared)


def each_thing_that_the_daemon_has_no_need_of_is_refused(bench):
    with _boot(bench) as box:
        started(box)
        free = _tried(box, [])
        free = {name: came for name, came in free.items() if came != "done"}
        # The state directory is not there yet, and the clock is set by nobody without a time.
        must(set(free) == {"write_in_the_state", "make_a_setuid_file", "set_the_clock"}, f"outside, too: {free}")
        must(free["set_the_clock"] == "EFAULT", f"the clock cannot be set outside: {free}")
        told = _tried(box, _sandbox("musterd.service"))
        allowed = {name for name, came in told.items() if came == "done"}
        must(allowed == DAEMON_MAY, f"it may {sorted(allowed - DAEMON_MAY)}, it may not {sorted(DAEMON_MAY - allowed)}")
        must(told["set_the_clock"] == "EPERM", f"the clock: {told['set_the_clock']}")
        for name, refusal in {
                "write_beside_the_state": "EROFS", "write_in_usr": "EROFS", "write_in_etc": "EROFS",
                "read_the_homes": "EACCES", "make_memory_executable": "EPERM", "map_executable_memory": "EPERM",
                "open_a_packet_socket": "EAFNOSUPPORT", "open_a_netlink_socket": "EAFNOSUPPORT",
                "see_other_processes": "ENOENT", "read_the_kernels_settings": "ENOENT",
                "trace_another_process": "EPERM", "make_a_namespace": "EPERM", "mount_something": "EPERM",
                "make_a_device": "EPERM",
                "make_a_setuid_file": "EPERM", "be_given_real_time": "EPERM"}.items():
            must(told[name] == refusal, f"{name} came to {told[name]}, not {refusal}")
        must(not box.place("tmp/trespass").exists() or box.place("tmp/trespass").stat().st_uid == 0, "/tmp is shared")


def each_thing_that_the_wakening_has_no_need_of_is_refused(bench):
    with _boot(bench) as box:
        started(box)
        told = _tried(box, _sandbox("musterd-wake.service"))
        allowed = {name for name, came in told.items() if came == "done"}
        must(allowed == WAKER_MAY, f"it may {sorted(allowed - WAKER_MAY)}, it may not {sorted(WAKER_MAY - allowed)}")
        box.run("systemctl", "start", "musterd-wake.service")
        box.is_unit("musterd.service", ActiveState="active")


def the_running_daemon_is_in_its_sandbox_and_leaves_nothing_open(bench):
    with _boot(bench) as box:
        started(box)
        configured(bench)
        process = box.show("musterd.service", "MainPID")["MainPID"]
        lines = box.run("cat", f"/proc/{process}/status").out.splitlines()
        status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        must(status["NoNewPrivs"] == "1" and status["Seccomp"] == "2", f"it is not confined: {status}")
        for kind in ("CapEff", "CapPrm", "CapBnd", "CapAmb"):
            must(int(status[kind], 16) == 0, f"{kind} is {status[kind]}")
        user = box.run("id", "-u", "musterd").out.strip()
        must(status["Uid"].split() == [user] * 4, f"its user is {status['Uid']}")
        seen = box.run("stat", "--format=%a %U %G %n", "/var/lib/musterd", "/var/lib/musterd/log").out
        must(seen.split("\n")[0] == "700 musterd musterd /var/lib/musterd", f"the state directory is {seen}")
        loose = box.run("find", "/var/lib/musterd", "-perm", "/077").out
        must(loose == "", f"open to others: {loose}")
        # Forbidden dumps: not even its own user reads its memory.
        peeked = box.run("cat", f"/proc/{process}/environ", user="musterd", expect=range(256), keep=False)
        must(peeked.code != 0, "another process of its user can read its environment")
