"""The package's life on a machine with a real systemd: installed, upgraded under load, removed, purged."""

import json
import re
import threading
import time

from audience import digest
from debian import NEXT, PLACE, built, machine, next_version
from described import Client
from programs import ROOT, Failure, failure_of, must, wait_for

AUDIENCE = [
    "--advertiser-id", "cxpowqgj", "--audience-name", "Spring sale", "--region", "US", "--pii-type", "hashedEmail"]


def _install(box, package):
    return box.run("dpkg", "--install", f"/{PLACE}/{package.name}", seconds=120)


def _files_of_muster(box):
    """Everything that is left on the machine and is named for Muster."""
    found = box.run("find", "/etc", "/usr", "/var", "/run", "-xdev", "-name", "*muster*").out.splitlines()
    return [path for path in found if not path.startswith(f"/{PLACE}")]


def _is_installed_well(box):
    """After an installation: the socket waits, the groups are there, tokens are safe; then the first client."""
    timers = [path.name for path in (ROOT / "systemd").glob("*.timer")]
    for unit in ("musterd.socket", "musterd-query.socket", *timers):
        box.is_unit(unit, ActiveState="active", UnitFileState="enabled")
    box.is_unit("musterd.service", ActiveState="inactive", UnitFileState="enabled")
    for group in ("muster", "muster-read"):
        box.run("getent", "group", group)
    seen = box.run("stat", "--format=%a %U %G", "/etc/musterd/credentials").out.strip()
    must(seen == "700 root root", f"the folder of the tokens is {seen}")
    box.token()
    box.run("useradd", "--groups", "muster", "analyst")
    told = box.run("muster", "status", user="analyst").out
    must("position" in told, f"the first client got {told}")
    box.is_unit("musterd.service", ActiveState="active", NRestarts="0")
    must("muster.1" in box.run("man", "--where", "1", "muster").out, "man does not find the manual")
    if list((ROOT / "systemd").glob("*.catalog")):
        must("Muster" in box.run("journalctl", "--dump-catalog").out, "the journal's catalog was not updated")


class _Clients(threading.Thread):
    """Adds one person after another, each on a connection of its own, as long as it is let."""

    def __init__(self, box):
        super().__init__()
        self.path = str(box.place("run/musterd/command.sock"))
        self.added, self.failure, self.is_over = 0, None, threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.join()

    def served(self, count):
        """Waits until so many more were added."""
        goal = self.added + count
        wait_for(lambda: self.added >= goal or self.failure, "clients are served")
        must(self.failure is None, f"a client failed: {self.failure!r}")

    def run(self):
        try:
            while not self.is_over.is_set():
                self.add(f"late{self.added}@example.org")
                self.added += 1
                time.sleep(0.005)
        except Exception as failure:  # told by who waits for it
            self.failure = failure

    def add(self, person):
        """A connection that the daemon's end took is made again; one that cannot be made is a failure."""
        for _ in range(20):
            client = Client(self.path, timeout=30.0)
            try:
                client.call("member.add", {"instance": "spring", "member": person}, commandId=f"c-{self.added}")
                return
            except ConnectionError:
                time.sleep(0.01)
            finally:
                client.close()
        raise Failure("a client was sent away twenty times")


def _upgrades(box, package):
    """Under load; an administrator has done without the query socket."""
    box.run("muster", "instance", "configure", "spring", *AUDIENCE)
    box.run("muster", "member", "add", "spring", "-", feed="".join(f"p{n}@example.org\n" for n in range(500)))
    box.run("systemctl", "disable", "--now", "musterd-query.socket")
    before = box.show("musterd.service", "MainPID")
    socket = box.run("stat", "--format=%i", "/run/musterd/command.sock").out
    with _Clients(box) as clients:
        clients.served(20)
        _install(box, package)
        clients.served(20)
    must(box.run("dpkg-query", "--show", "--showformat=${Version}", "muster").out == NEXT, "it was not upgraded")
    must(box.show("musterd.service", "MainPID") != before, "the daemon was not started anew")
    must(box.run("stat", "--format=%i", "/run/musterd/command.sock").out == socket, "the socket was made anew")
    box.is_unit("musterd.service", ActiveState="active", NRestarts="0")
    box.is_unit("musterd-query.socket", ActiveState="inactive", UnitFileState="disabled")
    return 500 + clients.added


def _members(box):
    return json.loads(box.run("muster", "instance", "show", "spring", "--json").out)["members"]


def _is_removed(box, data):
    for unit in ("musterd.socket", "musterd-query.socket", "musterd.service", "musterd-wake.timer"):
        seen = box.show(unit, "LoadState", "ActiveState")
        must(seen == {"LoadState": "not-found", "ActiveState": "inactive"}, f"{unit} is {seen}")
    must(box.run("pgrep", "musterd", expect=(0, 1)).code == 1, "the daemon still runs")
    must(not box.place("run/musterd/command.sock").exists(), "the socket is still there")
    must(not box.place("usr/libexec/musterd").exists(), "the program is still there")
    must(data() == box.kept, "the state or the token was touched")


def the_package_is_installed_upgraded_removed_and_purged(bench):
    package, _ = built(bench.programs)
    upgrade = next_version(package, bench.folder)
    with bench.box(machine(package, upgrade), installed=False) as box:
        before = _files_of_muster(box)
        _install(box, package)
        _is_installed_well(box)
        size = _upgrades(box, upgrade)
        must(_members(box) == size, f"of {size} people {_members(box)} are there after the upgrade")

        def data():
            files = "find /var/lib/musterd /etc/musterd -type f -print0 | sort -z"
            return box.run("sh", "-c", f"{files} | xargs -0 sha256sum", keep=False).out
        box.run("systemctl", "stop", "musterd.socket", "musterd.service")
        box.kept = data()
        box.run("systemctl", "start", "musterd.socket")
        box.run("dpkg", "--remove", "muster")
        _is_removed(box, data)
        _install(box, package)
        must(_members(box) == size, "what was kept is not taken up again")
        told = box.run("dpkg", "--purge", "muster").out
        for folder in ("/var/lib/musterd", "/etc/musterd/credentials"):
            must(f"Deleting {folder}" in told, f"it does not say that it deletes {folder}: {told}")
        must(_files_of_muster(box) == before, f"it leaves {_files_of_muster(box)}")
        bench.people = {digest(f"{word}{n}@example.org") for word in ("p", "late") for n in range(size)}


the_package_is_installed_upgraded_removed_and_purged.seconds = 300


def a_socket_that_an_upgrade_starts_anew_is_noticed(bench):
    """What debhelper's scripts do where they are not told otherwise."""
    package, _ = built(bench.programs)
    upgrade = next_version(package, bench.folder)
    with bench.box(machine(package, upgrade), installed=False) as box:
        _install(box, package)
        box.run("muster", "status")
        box.put("etc/dpkg/dpkg.cfg.d/scenario", 'post-invoke="systemctl restart musterd.socket"\n')
        noticed = failure_of(lambda: _upgrades(box, upgrade))
        must(noticed and ("client" in noticed or "socket" in noticed), f"a socket made anew is not noticed: {noticed}")


a_socket_that_an_upgrade_starts_anew_is_noticed.seconds = 300


def _lines_of_the_readme():
    """The commands of README.md's section on installing, but for the building."""
    text = (ROOT / "README.md").read_text()
    block = re.search(r"^## Install\n.*?```bash\n(.*?)```", text, re.MULTILINE | re.DOTALL)
    must(block, "README.md has no section on installing")
    must(len(block[1].splitlines()) <= 10, "README.md takes more than ten lines")
    lines = block[1].replace("\\\n", " ").splitlines()
    built_before, _, first = lines[0].partition(" && ")
    must(built_before == "make deb", f"it begins with {lines[0]}")
    return [first, *lines[1:]]


def the_lines_of_the_README_install_make_an_audience_and_send_it(bench):
    package, _ = built(bench.programs)
    endpoint = "http://127.0.0.1:8090/v3"

    def prepare(box):
        machine(package)(box)
        box.bind(package, f"srv/muster/.build/deb/{package.name}")
        box.bind(bench.path("ttd-sandbox"), "usr/local/bin/ttd-sandbox")
        box.put("srv/muster/token.txt", f"{bench.token}\nendpoint {endpoint}\n", 0o600)
        box.put("srv/muster/people.txt", "".join(f"person{n}@example.org\n" for n in range(1600)))
        box.put("srv/accepted", bench.token + "\n")
    with bench.box(prepare, installed=False) as box:
        box.run("useradd", "analyst")
        desk = box.start(
            "ttd-sandbox", "ttd-sandbox", "--listen", "127.0.0.1:8090", "--token-file", "/srv/accepted")
        desk.said(endpoint)
        for line in _lines_of_the_readme():
            command = f"cd /srv/muster && USER=analyst && {line.replace('sudo ', '')}"
            said = box.run(
                "env", "DEBIAN_FRONTEND=noninteractive", "bash", "-c", command,
                user=None if line.startswith("sudo ") else "analyst", seconds=120,
                expect=(0, 1) if line.startswith("muster doctor") else (0,))
        told = json.loads(box.run("muster", "sync", "list", "spring", "--json").out)["runs"][0]
        must(told["state"] == "succeeded" and told["count"] == 1600, f"the run is {told}; {said.out}")
        bench.people = {digest(f"person{n}@example.org") for n in range(1600)}


the_lines_of_the_README_install_make_an_audience_and_send_it.seconds = 180
