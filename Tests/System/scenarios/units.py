"""The units, as systemd reads them."""

import shutil
import subprocess

from programs import ROOT, must

UNITS = ROOT / "systemd"


def the_units_pass_systemd_analyze_verify_without_a_word(bench):
    tool = shutil.which("systemd-analyze")
    must(tool, "systemd-analyze is not installed")
    copies = []
    for unit in ("musterd.socket", "musterd.service"):
        copy = bench.folder / unit
        copy.write_text((UNITS / unit).read_text().replace("/usr/libexec/musterd", bench.path("musterd")))
        copies.append(str(copy))
    seen = subprocess.run([tool, "verify", "--man=no", *copies], capture_output=True, text=True, timeout=60)
    said = seen.stdout + seen.stderr
    must(seen.returncode == 0 and said == "", f"it says: {said}")


def the_units_keep_what_the_daemon_relies_on(bench):
    service, socket = (UNITS / "musterd.service").read_text(), (UNITS / "musterd.socket").read_text()
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
