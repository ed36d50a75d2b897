"""The units, as systemd reads them."""

import shutil
import subprocess

from programs import ROOT, must

UNITS = ROOT / "systemd"


def the_units_pass_systemd_analyze_verify_without_a_word(bench):
    tool = shutil.which("systemd-analyze")
    must(tool, "systemd-analyze is not installed")
    copies = []
    for unit in ("musterd.socket", "musterd-query.socket", "musterd.service"):
        copy = bench.folder / unit
        copy.write_text((UNITS / unit).read_text().replace("/usr/libexec/musterd", bench.path("musterd")))
        copies.append(str(copy))
    seen = subprocess.run([tool, "verify", "--man=no", *copies], capture_output=True, text=True, timeout=60)
    said = seen.stdout + seen.stderr
    must(seen.returncode == 0 and said == "", f"it says: {said}")


def the_units_keep_what_the_daemon_relies_on(bench):
    service, socket, query = (
        (UNITS / unit).read_text() for unit in ("musterd.service", "musterd.socket", "musterd-query.socket"))
    for line in (
            "Type=notify", "User=musterd", "StateDirectory=musterd", "StateDirectoryMode=0700", "UMask=0077",
            "LimitCORE=0", "LoadCredential=ttd-token:/etc/musterd/credentials/ttd-token",
            "RestartPreventExitStatus=64 65 73 77 78"):
        must(f"\n{line}\n" in service, f"musterd.service lacks {line}")
    must("\nPrivateUsers=" not in service, "PrivateUsers= would hide who sent a command")
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
