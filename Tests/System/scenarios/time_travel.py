"""Why somebody is in a list, what the list was at any time, the file of a past run again, and the way back."""

import hashlib
import json
import os
import pty
import resource
import select
import shutil
import signal
import subprocess
import time

from audience import digest, rows
from disks import needs
from programs import must, wait_for
from screen import Screen
from setting import AUDIENCE, configured, people
from valve import Valve, is_interrupted

IMPORT = "2k9x0w7c1zq4d"


def _audience(bench, verb, *arguments, **options):
    directory = ["--state-directory", str(bench.state)]
    if verb == "restore":
        directory += ["--socket", bench.socket]
    return bench.muster("audience", verb, *arguments, *directory, **options)


def _json(bench, verb, *arguments, **options):
    return json.loads(_audience(bench, verb, *arguments, "--json", **options).out)


def _changed(bench, verb, members, instance="acme", single=False, command=None):
    """The position of a command about members."""
    params = {"instance": instance, "member": members} if single else {"instance": instance, "members": members}
    with bench.client() as client:
        return client.call(f"member.{verb}", params, **({"commandId": command} if command else {}))["position"]


def _sent(bench, instance="acme"):
    return bench.ask("sync", "list", instance)["runs"][0]


def _lived(bench):
    """A list that was sent, and what happened to it since: two asked to be left out, an import went wrong."""
    bench.sandbox()
    bench.daemon()
    configured(bench)
    bench.people = {digest(one) for one in people(200)}
    _changed(bench, "add", people(40), command=f"{IMPORT}-3")
    bench.muster("sync", "now", "acme", "--wait")
    run = _sent(bench)
    for one in people(2):
        _changed(bench, "remove", one, single=True)
    _changed(bench, "remove", people(10, 10))
    # The last chunk of a larger work holds one person, who did not ask for anything.
    _changed(bench, "remove", people(1, 20), command=f"{IMPORT}-9")
    _changed(bench, "add", people(5, 100))
    return run


def _exported(bench, name, *arguments, **options):
    path = bench.folder / name
    done = _audience(bench, "export", "acme", "-o", str(path), *arguments, **options)
    must(path.stat().st_mode & 0o777 == 0o600, "others may read the list")
    must([one.name for one in bench.folder.iterdir() if ".part" in one.name] == [], "something was left behind")
    return path.read_bytes(), done


def somebody_asks_why_they_are_in_the_list(bench):
    run = _lived(bench)
    bench.muster("sync", "now", "acme", "--wait", "--again")
    later = _sent(bench)
    gone, there = people(1)[0].encode(), people(1, 30)[0].encode()
    told = bench.muster("why", "acme", "-", feed=gone).out
    for words in ("They are not in acme.", "they came in by member.add, with 39 others", f"import {IMPORT}",
                  "they went out by member.remove, alone", f"uid {os.getuid()}", "did not hold them",
                  "1 upload held them:", f"\n{run['run']:>3}  "):
        must(words in told, f"it does not say {words!r}: {told}")
    json_told = json.loads(bench.muster("why", "acme", "-", "--json", feed=there).out)
    must(json_told["member"] is True, "somebody is not told to be in")
    must([one["run"] for one in json_told["uploads"]] == [later["run"], run["run"]], f"{json_told['uploads']}")
    must(json_told["lastUpload"] == {"run": later["run"], "held": True}, f"{json_told['lastUpload']}")
    event, = json_told["history"]
    must((event["members"], event["origin"]["chunk"]) == (40, 3), f"{event}")
    must("nothing says that they ever were" in bench.muster("why", "acme", "-", feed=b"nobody@example.org").out, "")
    bench.muster("why", "nobody", "-", feed=gone, expect=(5,))
    bench.muster("why", "acme", "-", feed=b"", expect=(2,))
    wrong = bench.muster("why", "acme", "-", feed=b"no person", expect=(2,))
    must("no person" not in wrong.err, "what was asked about is repeated")


def the_past_is_shown_written_again_and_proven(bench):
    run = _lived(bench)
    shown = _json(bench, "show", "acme", "--at", str(run["position"]))
    must((shown["count"], shown["digest"]) == (40, run["digest"]), f"{shown}")
    then = _json(bench, "show", "acme", "--at", run["endedAt"])
    must((then["count"], then["lastSuccess"]["run"]) == (40, run["run"]), f"{then}")
    now = _audience(bench, "show", "acme").out
    must("32" in now and f"run {run['run']}" in now, now)
    data, done = _exported(bench, "sent", "--run", str(run["run"]))
    must(data == rows({digest(one) for one in people(40)}), "the list of the run is another")
    must("proven" in done.out and hashlib.sha256(data).hexdigest() in done.out, done.out)
    # What is there already is not touched unless that is asked for.
    (bench.folder / "sent").write_bytes(b"mine")
    again, _ = _exported(bench, "sent", "--run", str(run["run"]), expect=(2,))
    must(again == b"mine", "a file was written over")
    again, done = _exported(bench, "sent", "--run", str(run["run"]), "--force", "--json")
    must(again == data and json.loads(done.out)["proven"] is True, done.out)
    piped = subprocess.run(
        [bench.path("muster"), "audience", "export", "acme", "--run", str(run["run"]), "--state-directory",
         str(bench.state)], capture_output=True, timeout=60, check=True)
    must(piped.stdout == data and b"proven" in piped.stderr, "the pipe was given another list")
    changed = _json(bench, "diff", "acme", "--at", str(run["position"]))
    must((changed["came"], changed["went"]) == (5, 13), f"{changed}")
    lines = _audience(bench, "diff", "acme", "--at", str(run["position"]), "--to", str(run["position"] + 8)).out
    must("went" in lines, lines)
    # Errors name what is wrong and leave nothing.
    for arguments, code in (
            (("show", "acme", "--at", "99999"), 5), (("show", "acme", "--at", "1999-01-01"), 5),
            (("show", "other"), 5), (("diff", "acme", "--at", "9", "--to", "2"), 2),
            (("export", "acme", "--run", "2", "-o", str(bench.folder / "none")), 5),
            (("export", "acme", "--at", "3", "--run", "3", "-o", str(bench.folder / "none")), 2),
            (("export", "acme", "-o", str(bench.folder / "no" / "where")), 2),
            (("export", "acme", "-o", "/dev/full"), 1)):
        _audience(bench, *arguments, expect=(code,))
    must(not (bench.folder / "none").exists(), "a file was left")
    bench.muster("audience", "show", "acme", "--state-directory", str(bench.folder / "none"), expect=(2,))
    _closed_early(bench, "audience", "diff", "acme", "--at", "1", "--identities", "--state-directory", str(bench.state))


def _closed_early(bench, *verb):
    process = subprocess.Popen([bench.path("muster"), *verb], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    must(process.wait(60) in (141, -signal.SIGPIPE) and not said, f"it ended with {process.returncode}: {said}")


def _limited(bench, *verb):
    """A verb that can write no large file."""
    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
    return subprocess.run(
        [bench.path("muster"), *verb], capture_output=True, text=True, timeout=60, preexec_fn=small, check=False)


def a_list_that_is_stopped_or_finds_no_room_leaves_no_file(bench):
    """By Ctrl-C on a terminal in the middle of the writing, for each verb that writes a list of people."""
    needs("strace")
    bench.credential()
    bench.daemon()
    configured(bench)
    crowd = people(12_000)
    bench.people = {digest(one) for one in crowd}
    _changed(bench, "add", crowd)
    log = ("--state-directory", str(bench.state))
    verbs = {
        "exported": ("audience", "export", "acme", *log), "replayed": ("log", "replay", "--upload", "acme", *log),
        "listed": ("member", "list", "acme", "--socket", bench.socket)}
    for name, verb in verbs.items():
        path = bench.folder / name
        # Each piece takes a while, and so does what follows the file's making.
        slow = (shutil.which("strace"), "-f", "-qq", "-o", "/dev/null", "-e", "trace=write,fchmod",
                "-e", "inject=write,fchmod:delay_enter=150000")
        with Screen(bench, *slow, bench.path("muster"), *verb, "-o", str(path)) as screen:
            wait_for(lambda: list(bench.folder.glob(f"{name}.*.part")), f"{name} has begun")
            screen.interrupt()
            screen.ends(130)
            must(f"stopped; {path} was not written" in screen.text, f"{name} says {screen.text}")
        must(not list(bench.folder.glob(f"{name}*")), f"{name} is left")
        done = _limited(bench, *verb, "-o", str(path))
        must(done.returncode == 1, f"{name} ended with {done.returncode}: {done.stderr}")
        must(f"{path} cannot be written: it would be larger" in done.stderr and "nothing of it was kept" in done.stderr, done.stderr)
        must(not list(bench.folder.glob(f"{name}*")), f"{name} is left")
        _closed_early(bench, *verb)
        full = subprocess.run(
            [bench.path("muster"), *verb, "-o", "/dev/full"], capture_output=True, text=True, timeout=60, check=False)
        must(full.returncode == 1 and "there is no room for what is written" in full.stderr, full.stderr)
        path.write_bytes(b"mine")
        bench.muster(*verb, "-o", str(path), expect=(2,))
        must(path.read_bytes() == b"mine", f"{name} was written over")
        bench.muster(*verb, "-o", str(path), "--force")
        must(path.stat().st_mode & 0o777 == 0o600 and path.read_bytes().count(b"\n") == 12_000, f"{name} is another")
    must((bench.folder / "exported").read_bytes() == (bench.folder / "replayed").read_bytes(), "the lists differ")


def an_audience_goes_back_to_what_a_run_sent(bench):
    run = _lived(bench)
    to = ("acme", "--to", str(run["run"]))
    before = bench.ask("instance", "show", "acme")
    would = _json(bench, "restore", *to, "--dry-run")
    must((would["toAdd"], would["toRemove"], would["leftOut"]) == (11, 5, 2), f"{would}")
    must("nobody can be asked" in _audience(bench, "restore", *to, expect=(2,)).err, "it does not ask")
    said = _at_terminal(bench, ["restore", *to], "n", 1)
    must("Change the audience and send it? [y/N]" in said and "nothing was changed" in said, said)
    must(bench.ask("instance", "show", "acme")["version"] == before["version"], "something was changed")
    # Restored and refused: the last upload is not an hour old.
    refused = _audience(bench, "restore", *to, "--yes", expect=(6,))
    must("is restored and was not sent" in refused.err, refused.err)
    crowd = set(people(40)) - set(people(2))
    must(_list(bench) == rows({digest(one) for one in crowd}), "the audience is another")
    done = _json(bench, "restore", *to, "--yes", "--again")
    must((done["added"], done["removed"], done["leftOut"], done["deviations"]) == (0, 0, 2, 0), f"{done}")
    must(done["sync"]["state"] == "succeeded", f"{done}")
    must(_at_remote(bench) == rows({digest(one) for one in crowd}), "another list was sent")
    said = _at_terminal(bench, ["restore", *to, "--include-removed", "--again"], "y", 0)
    must("The Trade Desk was sent exactly the list of then" in said and run["digest"] in said, said)
    must(_at_remote(bench) == rows({digest(one) for one in people(40)}), "another list was sent")
    why = bench.muster("why", "acme", "-", feed=people(1)[0].encode()).out
    must(f"a restore to position {run['position']}" in why, why)
    # An empty list is never sent, whoever asks for it.
    skipped = _audience(bench, "restore", "acme", "--to", "1", "--yes", "--again", expect=(6,)).err
    must("was skipped (empty)" in skipped and _at_remote(bench) == rows({digest(one) for one in people(40)}), skipped)
    _audience(bench, "restore", *to, "--include-removed", "--yes", "--no-sync")
    again = _audience(bench, "restore", *to).out
    must("has sent exactly this list" in again, again)
    # What a restore took out or brought back is no wish of one person.
    _changed(bench, "remove", people(1, 7))
    must(_json(bench, "restore", *to, "--dry-run")["toAdd"] == 0, "one who asked to go would come back")
    for wrong, code in ((("nobody", "--to", "3"), 5), (("acme", "--to", "99999"), 5), (("acme", "--to", "1999-01-01"), 5)):
        _audience(bench, "restore", *wrong, "--yes", expect=(code,))


def a_restore_that_is_broken_off_goes_on_where_it_was(bench):
    bench.credential()
    bench.daemon()
    configured(bench)
    crowd = people(20_000)
    bench.people = {digest(one) for one in crowd}
    then = _changed(bench, "add", crowd)
    _changed(bench, "remove", crowd)
    to = ("acme", "--to", str(then), "--yes", "--no-sync")
    # However fast both are, it is in the middle of its commands when the signal comes.
    valve = Valve(str(bench.folder / "valve.sock"), bench.socket, "member.add", 7)
    program = bench.start(
        "muster", bench.path("muster"), "audience", "restore", *to, "--state-directory", str(bench.state), "--socket",
        valve.path)
    must(valve.held.wait(60), f"the restore has not begun: {program.text()}")
    program.process.send_signal(signal.SIGINT)
    wait_for(lambda: is_interrupted(program.pid), "the signal has come")
    valve.open()
    must(program.process.wait(60) == 130, f"it ended otherwise: {program.text()}")
    valve.end()
    size = bench.ask("instance", "show", "acme")["members"]
    # What was under way is answered: seven that went through, up to four that waited, and one that was made already.
    must(7000 < size <= 12_000 and f"{size:,} were added" in program.text(), f"{size} are in: {program.text()}")
    done = _json(bench, "restore", *to)
    must((done["added"], done["deviations"]) == (20_000 - size, 0), f"{done}")


def addresses_come_back_and_the_erased_do_not(bench):
    bench.sandbox()
    daemon = bench.daemon()
    with bench.client() as client:
        client.call("instance.configure", {**AUDIENCE, "instance": "acme", "piiType": "email"})
    bench.people = {digest(one) for one in people(40)}
    _changed(bench, "add", people(20))
    bench.muster("sync", "now", "acme", "--wait")
    run = _sent(bench)
    _changed(bench, "remove", people(20)[5:15])
    must(daemon.stop() == 0, "the daemon did not end well")
    gone = people(20)[6]
    bench.muster("log", "erase", "-", "--state-directory", str(bench.state), feed=gone.encode())
    bench.daemon()
    data, done = _exported(bench, "sent", "--run", str(run["run"]), expect=(6,))
    left = sorted((one for one in people(20) if one != gone), key=digest)
    must(data == "".join(f"{one}\n" for one in left).encode(), "another list was written")
    must("erased" in done.out and "proven" not in done.out, done.out)
    restored = _json(bench, "restore", "acme", "--to", str(run["run"]), "--yes", "--no-sync")
    must((restored["added"], restored["deviations"]) == (9, 0) and restored["erasedBy"], f"{restored}")
    must(_list(bench) == data, "the audience is another")


def _list(bench):
    path = bench.folder / "now"
    _audience(bench, "export", "acme", "-o", str(path), "--force")
    return path.read_bytes()


def _at_remote(bench):
    segment, = json.loads(bench.inspect())["segments"]
    return bench.inspect(f"/segments/{segment['crmDataId']}/rows")


def _at_terminal(bench, arguments, answer, code):
    """What the verb says on a terminal at which somebody answers its question."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(bench.path("muster"), [
            "muster", "audience", *arguments, "--state-directory", str(bench.state), "--socket", bench.socket])
    said, end = b"", time.monotonic() + 60
    answered = False
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 60)[0]:
            break
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other side is closed
            break
        if not piece:
            break
        said += piece
        if not answered and b"[y/N]" in said:
            os.write(terminal, f"{answer}\n".encode())
            answered = True
    os.close(terminal)
    ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    text = said.decode(errors="replace").replace("\r\n", "\n")
    bench.said.append(("muster audience at a terminal", text))
    must(ended == code, f"it ended with {ended}: {text}")
    return text
