"""The units, as systemd reads them."""

import re
import shutil
import subprocess

from programs import ROOT, failure_of, must

UNITS = ROOT / "systemd"
NAMES = sorted(
    path.name for kind in ("socket", "service", "timer") for path in UNITS.glob(f"*.{kind}"))
SERVICES = [name for name in NAMES if name.endswith(".service")]
# Lower is safer. What the daemon's 1.2 is made of is that it calls TTD and answers users.
EXPOSURE = 1.2


def _analyze(*arguments):
    tool = shutil.which("systemd-analyze")
    must(tool, "systemd-analyze is not installed")
    return subprocess.run([tool, *arguments], capture_output=True, text=True, timeout=60, check=False)


def _copies(bench, without=None):
    """The units with the built programs in place of the installed ones, and without a line."""
    copies = []
    for name in NAMES:
        text = (UNITS / name).read_text()
        for place, program in (("/usr/libexec/musterd", "musterd"), ("/usr/bin/muster", "muster")):
            text = text.replace(f"ExecStart={place}", f"ExecStart={bench.path(program)}")
        copy = bench.folder / name
        copy.write_text("".join(line for line in text.splitlines(True) if not without or not line.startswith(without)))
        copies.append(str(copy))
    return copies


def the_units_pass_systemd_analyze_verify_without_a_word(bench):
    must(len(NAMES) == 5, f"the units are {NAMES}")
    seen = _analyze("verify", "--man=no", *_copies(bench))
    said = seen.stdout + seen.stderr
    must(seen.returncode == 0 and said == "", f"it says: {said}")


def _exposed(bench, without=None):
    """Each service's exposure, which must not be higher than agreed."""
    for copy in _copies(bench, without):
        if copy.endswith(".service"):
            name = copy.rsplit("/", 1)[1]
            seen = _analyze("security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE * 10:.0f}", copy)
            found = re.search(r"exposure level for \S+: ([\d.]+)", seen.stdout)
            must(found, f"it says of {name}: {seen.stdout}{seen.stderr}")
            is_safe = float(found.group(1)) <= EXPOSURE and seen.returncode == 0
            must(is_safe, f"{name} is exposed by {found.group(1)}")


def no_service_is_exposed_by_more_than_1_2(bench):
    must(SERVICES == ["musterd-wake.service", "musterd.service"], f"the services are {SERVICES}")
    _exposed(bench)


def a_service_that_lost_a_line_of_its_sandbox_is_noticed(bench):
    for line in ("SystemCallFilter=", "ProtectProc=", "CapabilityBoundingSet=", "User="):
        noticed = failure_of(lambda line=line: _exposed(bench, line))
        must(noticed, f"nobody notices that {line} is gone")
        print(f"       without {line} {noticed}", flush=True)


def the_units_keep_what_the_daemon_relies_on(bench):
    service, socket, query = (
        (UNITS / unit).read_text() for unit in ("musterd.service", "musterd.socket", "musterd-query.socket"))
    for line in (
            "Type=notify", "User=musterd", "StateDirectory=musterd", "StateDirectoryMode=0700", "UMask=0077",
            "LimitCORE=0", "Environment=SWIFT_BACKTRACE=enable=no",
            "LoadCredential=ttd-token:/etc/musterd/credentials/ttd-token",
            "RestartPreventExitStatus=64 65 73 77 78", "Restart=on-failure", "WatchdogSec=1min"):
        must(f"\n{line}\n" in service, f"musterd.service lacks {line}")
    for name in NAMES:
        text = (UNITS / name).read_text()
        must("\nPrivateUsers=" not in text, f"PrivateUsers= in {name} would hide who sent a command")
        must("\nDocumentation=" in text, f"{name} names no documentation")
    must("time-sync.target" in service, "the daemon may start before the clock is set")
    for line in (
            "ListenStream=/run/musterd/command.sock", "FileDescriptorName=command", "SocketMode=0660",
            "SocketGroup=muster"):
        must(f"\n{line}\n" in socket, f"musterd.socket lacks {line}")
    for line in (
            "ListenStream=/run/musterd/query.sock", "FileDescriptorName=query", "Service=musterd.service",
            "SocketMode=0660", "SocketGroup=muster-read"):
        must(f"\n{line}\n" in query, f"musterd-query.socket lacks {line}")
    users = (UNITS / "musterd.sysusers").read_text()
    for line in ("g muster - -", "g muster-read - -", "m musterd muster"):
        must(f"\n{line}\n" in users, f"musterd.sysusers lacks {line}")
