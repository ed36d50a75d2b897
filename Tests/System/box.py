"""A box: a real systemd as process 1 of namespaces of its own, over a layer of memory that covers this machine's files.

    with bench.box(prepare) as box:
        box.run("systemctl", "start", "musterd.socket")

The programs, the units, the users and the catalog are installed in it as the package would. `prepare` is given the box
before it boots. Its network is a loopback of its own; its clock and kernel are this machine's. While it is up, the
bench's own clients talk to the daemon in it, and are root without a process number there.

A keeper, a process of its own, ends the box and removes what it made when the runner says so or is gone, however that
came about. Each box has a folder and a cgroup of its own, so that any number run at once.
"""

import contextlib
import itertools
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import time

from programs import HERE, ROOT, Failure, Skipped, must, wait_for

UNITS = ROOT / "systemd"
FOLDERS = {
    ".socket": "usr/lib/systemd/system", ".service": "usr/lib/systemd/system", ".timer": "usr/lib/systemd/system",
    ".sysusers": "usr/lib/sysusers.d", ".tmpfiles": "usr/lib/tmpfiles.d", ".catalog": "usr/lib/systemd/catalog"}
NUMBERS = itertools.count()


class Box:
    """One machine, from its boot to its end."""

    def __init__(self, bench, prepare=None, installed=True):
        self.bench, self.prepare, self.installed = bench, prepare, installed
        self.leader = self.keeper = None

    def __enter__(self):
        if os.geteuid() != 0:
            raise Skipped("only root can boot a systemd")
        groups = _control_groups()
        number = next(NUMBERS)
        self.folder = self.bench.folder / f"box{number}"
        self.group = groups / f"muster-box-{os.getpid()}-{number}"
        self.keeper = subprocess.Popen(
            [sys.executable, str(HERE / "box.py"), str(self.folder), str(self.group)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        try:
            self._boot()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind, *_):
        try:
            if self.is_up():
                self._keep_journal(kind is not None)
        finally:
            self._end()

    def _boot(self):
        place = self.folder / "leader"
        wait_for(lambda: self._kept() and place.exists() and place.read_text().endswith("\n"), "the root is made")
        self.leader = int(place.read_text())
        self.root = pathlib.Path(f"/proc/{self.leader}/root{self.folder}/root")
        if self.installed:
            self.install()
        if self.prepare:
            self.prepare(self)
        self.keeper.stdin.write(b"\n")
        self.keeper.stdin.flush()
        self.root = pathlib.Path(f"/proc/{self.leader}/root")
        wait_for(self._is_booted, "systemd is up", 60)
        self.bench.socket = str(self.place("run/musterd/command.sock"))

    def _is_booted(self):
        self._kept()
        # Before it is systemd it has not left the machine's root, and no command may run there.
        if pathlib.Path(f"/proc/{self.leader}/comm").read_text() != "systemd\n":
            return False
        state = self.run("systemctl", "is-system-running", expect=range(256), keep=False).out.strip()
        # Degraded is a machine on which some unit of its own cannot work in a box; Muster's units are looked at by name.
        return state in ("running", "degraded")

    def _kept(self):
        """True, as long as the keeper lives."""
        if self.keeper.poll() is not None:
            raise Failure(f"the box ended: {self.keeper.stderr.read().decode(errors='replace')[-2000:]}")
        return True

    def _end(self):
        self.keeper.stdin.close()
        try:
            self.keeper.wait(30)
        except subprocess.TimeoutExpired:
            self.keeper.kill()
            raise Failure("the box's keeper did not end") from None
        if self.keeper.returncode < 0:
            _remove(self.group)  # the kernel has ended the box with its keeper; nothing else is left of it
        said = self.keeper.stderr.read().decode(errors="replace")
        self.keeper.stderr.close()
        must(self.keeper.returncode == 0, f"the box's keeper ended with {self.keeper.returncode}: {said[-2000:]}")

    def is_up(self):
        return self.leader is not None and os.path.exists(f"/proc/{self.leader}/root/run")

    def _keep_journal(self, has_failed):
        """Hands all that Muster's units said to the search for leaks; after a failure, to its reader too."""
        self.run("journalctl", "--sync", keep=False)
        self.bench.said.append(("the box's journal", self._journal_of_muster("json")))
        if has_failed:
            self.bench.box_words = [f"the box's journal: {self._journal_of_muster('cat').strip()[-2500:]}"]

    def _journal_of_muster(self, form):
        # It fails where no such unit has said anything.
        return self.run(
            "journalctl", "--all", f"--output={form}", "--no-pager", "--unit=muster*", keep=False, expect=(0, 1)).out

    # Before the boot, or after it

    def install(self):
        """Puts the programs and the files of `systemd/` where the package puts them."""
        for name, place in (
                ("musterd", "usr/libexec/musterd"), ("muster", "usr/bin/muster"),
                ("ttd-sandbox", "usr/local/bin/ttd-sandbox")):
            self.bind(self.bench.path(name), place)
        for path in sorted(UNITS.iterdir()):
            if path.suffix in FOLDERS:
                name = f"{path.stem}.conf" if path.suffix in (".sysusers", ".tmpfiles") else path.name
                self.put(f"{FOLDERS[path.suffix]}/{name}", path.read_text())
        self.mounted("journalctl", "--update-catalog", f"--root={self.inner_root()}")

    def inner_root(self):
        """The root's path as commands in the box's mounts know it."""
        return str(self.root).removeprefix(f"/proc/{self.leader}/root") or "/"

    def place(self, path):
        """A place inside, for this process."""
        return self.root / path.lstrip("/")

    def put(self, path, text, mode=0o644):
        """Writes a file inside, by root."""
        target = self.place(path)
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        target.chmod(mode)

    def token(self, *lines):
        """The token of the unit's LoadCredential=, and what belongs to it."""
        self.put("etc/musterd/credentials/ttd-token", "\n".join([self.bench.token, *lines]) + "\n", 0o600)

    def drop_in(self, unit, text):
        """Lines of an administrator's beside a unit."""
        self.put(f"etc/systemd/system/{unit}.d/scenario.conf", text)

    def enable(self, socket):
        """Has a socket's unit start at the boot."""
        wants = self.place("etc/systemd/system/sockets.target.wants")
        wants.mkdir(parents=True, exist_ok=True)
        (wants / socket).symlink_to(f"/usr/lib/systemd/system/{socket}")

    def mounted(self, *command):
        """Runs a command of this machine among the mounts of the box."""
        done = subprocess.run(
            ["nsenter", "--mount", f"--target={self.leader}", "--", *command], capture_output=True, text=True,
            timeout=60, check=False)
        must(done.returncode == 0, f"{command[0]} failed: {done.stderr}")

    def bind(self, source, path, writable=False):
        """Shows a file or folder of this machine inside; only before the boot."""
        target = self.place(path)
        if os.path.isdir(source):
            target.mkdir(mode=0o755, parents=True, exist_ok=True)
        else:
            target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            target.touch(mode=0o755)
        inside = f"{self.inner_root()}/{path.lstrip('/')}"
        self.mounted("mount", "--bind", str(source), inside)
        if not writable:
            self.mounted("mount", "-o", "remount,bind,ro", inside)

    def memory(self, path, size, mode="0700"):
        """A file system of that size inside."""
        self.place(path).mkdir(parents=True, exist_ok=True)
        self.mounted("mount", "-t", "tmpfs", "-o", f"size={size},mode={mode}", "box", f"{self.inner_root()}/{path}")

    # After the boot

    def command(self, *command, user=None):
        """What runs a command inside, as root or as a user of the box with all its groups."""
        identity = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"] if user else []
        return ["nsenter", "--all", f"--target={self.leader}", "--", *identity, *command]

    def run(self, *command, user=None, expect=(0,), feed=None, seconds=60, keep=True):
        """Runs a command inside to its end; what it says is searched for leaks, unless it is not to be kept."""
        done = subprocess.run(
            self.command(*command, user=user), input=feed, capture_output=True, text=True, errors="replace",
            timeout=seconds, env={"PATH": "/usr/sbin:/usr/bin:/usr/local/bin", "LC_ALL": "C.UTF-8"}, check=False)
        done.code, done.out, done.err = done.returncode, done.stdout, done.stderr
        name = " ".join(os.path.basename(one) for one in command[:2])
        if keep:
            self.bench.said.append((f"{name} in the box", done.out + done.err))
        must(done.code in expect, f"{name} in the box ended with {done.code}: {done.out[-800:]}{done.err[-800:]}")
        return done

    def start(self, name, *command, user=None):
        """Starts a program inside that goes on."""
        return self.bench.start(name, *self.command(*command, user=user))

    def show(self, unit, *properties):
        """Properties of a unit by name."""
        told = self.run("systemctl", "show", unit, f"--property={','.join(properties)}").out
        return dict(line.split("=", 1) for line in told.splitlines())

    def is_unit(self, unit, **properties):
        """Waits until the unit's properties are those."""
        def fits():
            seen = self.show(unit, *properties)
            return seen == properties and seen
        try:
            return wait_for(fits, f"{unit} is {properties}")
        except Failure as failure:
            raise Failure(f"{failure}; it is {self.show(unit, *properties)}") from None

    def wait_shown(self, unit, name, text):
        """Waits until the unit's property holds the text, and gives the property."""
        def found():
            seen = self.show(unit, name)[name]
            return text in seen and seen
        return wait_for(found, f"{name} of {unit} holds {text!r}")

    def signal(self, unit, name):
        """Sends a signal to the unit's main process."""
        self.run("systemctl", "kill", f"--signal={name}", "--kill-who=main", unit)

    def journal(self, *matches):
        """Entries of the journal that match, as journalctl reads them."""
        self.run("journalctl", "--sync")
        told = self.run("journalctl", "--all", "--output=json", "--no-pager", *matches, keep=False).out
        return [json.loads(line) for line in told.splitlines()]

    def power_cut(self):
        """Kills process 1, and with it everything inside, at once."""
        os.kill(self.leader, signal.SIGKILL)
        wait_for(lambda: not self.is_up(), "the box is dead")


def _control_groups():
    for line in pathlib.Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, *_ = line.split()
        if kind == "cgroup2":
            return pathlib.Path(place)
    raise Skipped("this machine has no cgroup2 mounted")


def keep(folder, group):
    """Boots a box, and when standard input closes or the box has ended, removes what is left of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    folder.mkdir(mode=0o755)
    group.mkdir()
    try:
        box = subprocess.Popen(
            ["setpriv", "--pdeathsig=KILL", "bash", "-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', str(group),
             "unshare", "--cgroup", "--mount", "--propagation=private", "--uts", "--ipc", "--net", "--pid", "--fork",
             "--kill-child=KILL", "bash", str(HERE / "box-boot.sh"), str(folder)])
        runner = select.poll()
        runner.register(0, 0)  # asks for nothing, and so is told of the end alone
        while box.poll() is None and not runner.poll(50):
            pass
        box.kill()
        box.wait()
    finally:
        _remove(group)
        shutil.rmtree(folder, ignore_errors=True)


def _remove(group):
    """Removes a cgroup with all below it, once the last process in it is gone."""
    with contextlib.suppress(OSError):
        (group / "cgroup.kill").write_text("1")
    for _ in range(500):
        for path in sorted(group.rglob("*"), reverse=True):
            if path.is_dir():
                with contextlib.suppress(OSError):
                    path.rmdir()
        with contextlib.suppress(OSError):
            group.rmdir()
        if not group.exists():
            return
        time.sleep(0.01)
    raise SystemExit(f"{group} cannot be removed")


if __name__ == "__main__":
    keep(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
