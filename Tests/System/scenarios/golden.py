"""What each verb says on a terminal, kept as a text in `golden`; MUSTER_WRITE_GOLDEN=1 writes the texts anew."""

import datetime
import difflib
import json
import os
import re
import subprocess

from programs import HERE, Failure, failure_of, must
from screen import COLUMNS, Screen
from setting import people

TEXTS = HERE / "golden"

# The daily sync is half a day away, whenever this runs; no other time that is told has these minutes.
DAILY = f"{(datetime.datetime.now(datetime.timezone.utc).hour + 12) % 24:02}:17"
STATE = "--state-directory state"
# Whether this host's clock, disk and units are well is none of the texts' business.
DOCTOR = "muster doctor --skip clock --skip disk --skip unit --skip sandbox --skip group"

# One sequence for all of them: each text's name and its commands, with the answer where one asks. Runs have the
# positions of their first events as numbers, so a new command that changes anything belongs behind all the others.
COMMANDS = [
    ("instance-configure", [
        "muster instance configure spring --advertiser-id cxpowqgj --audience-name 'Spring customers'"
        f" --region US --pii-type hashedEmail --minimum-members 10 --daily-at {DAILY} --time-zone UTC",
        "muster instance configure spring --minimum-members 20 --shrink-members 10 --shrink-percent 10",
        "muster instance configure spring --minimum-members 20",
        "muster instance configure autumn --advertiser-id cxpowqgj --audience-name 'Autumn customers'"
        " --region EU --pii-type hashedEmail --disabled",
        "muster instance configure winter --region US",
        "muster instance configure spring --daily-at 25:00 --time-zone UTC"]),
    ("member-import", [
        "muster member import spring crm.csv --column email --dry-run",
        "muster member import spring crm.csv --column email",
        "muster member import spring crm.csv",
        "muster member import spring crm.csv --column mail",
        "muster member import spring none.csv --column email",
        "muster member import spring picture.png",
        ("muster member import spring all.txt --as-snapshot", "n"),
        "muster member import spring all.txt --as-snapshot --yes",
        "muster member import spring crm.csv --column email --resume IMPORT"]),
    ("member-add", ["muster member add spring --file more.txt", "muster member add spring --file bad.txt"]),
    ("member-remove", ["muster member remove spring - < one.txt"]),
    ("member-show", [
        "muster member show spring - < one.txt", "muster member show spring - --history < two.txt",
        "muster member show spring - < bad.txt"]),
    ("member-list", [
        "muster member list spring", "muster member list spring -o list.txt", "muster member list spring -o list.txt"]),
    ("instance-check", ["muster instance check spring"]),
    ("sync-plan", ["muster sync plan spring", "muster sync plan autumn"]),
    ("sync-now", ["muster sync now spring --wait", "muster sync now spring --wait", "muster sync now autumn --wait"]),
    ("sync-list", ["muster sync list spring", "muster sync list nobody"]),
    ("sync-show", ["muster sync show 9", "muster sync show 4711"]),
    ("instance-show", ["muster instance show spring", "muster instance show autumn", "muster instance show nobody"]),
    ("instance-list", ["muster instance list"]),
    ("why", ["muster why spring - < one.txt", "muster why spring - < two.txt", "muster why spring - < nobody.txt"]),
    ("audience-show", [
        f"muster audience show spring {STATE}", f"muster audience show spring --at 5 {STATE}",
        f"muster audience show spring --at 99999 {STATE}"]),
    ("audience-diff", [
        f"muster audience diff spring --at 5 {STATE}", f"muster audience diff spring --at 6 --to 5 {STATE}"]),
    ("audience-export", [
        f"muster audience export spring --run 9 -o sent.txt {STATE}",
        f"muster audience export spring --run 9 -o sent.txt {STATE}",
        f"muster audience export spring --run 8 -o other.txt {STATE}",
        f"muster audience export spring {STATE}"]),
    ("member-undo", [
        "muster member undo spring --import IMPORT --dry-run", ("muster member undo spring --import IMPORT", "y"),
        "muster member undo spring --import 0000000000000"]),
    ("sync-now-held", ["muster sync now spring --wait --again", "muster sync plan spring", "muster sync show 21"]),
    ("status", ["muster status"]),
    ("doctor", [DOCTOR, f"{DOCTOR} --quiet"]),
    ("sync-approve", [
        "muster sync approve spring --run 21 --expect-count 19", "muster sync approve spring --run 17 --expect-count 0",
        "muster sync approve spring --run 21 --expect-count 20 --wait --again"]),
    ("audience-restore", [
        f"muster audience restore spring --to 9 --dry-run {STATE}",
        (f"muster audience restore spring --to 9 --again {STATE}", "y"),
        f"muster audience restore spring --to 9 --again {STATE}"]),
    ("tail", ["muster tail", "muster tail -n 2 --type syncSucceeded", "muster tail --type nothing"]),
    ("report", ["muster report spring -o spring.html", "muster report spring"]),
    ("metrics", ["muster metrics", "muster metrics --output muster.prom"]),
    ("describe", ["muster describe member.show", "muster describe sync.too_soon", "muster describe nothing"]),
    ("call", [
        "muster call ping", "muster call instance.show '{\"instance\":\"spring\"}'", "muster call nothing",
        "muster call instance.show '{'"]),
    ("log-verify", [f"muster log verify {STATE}", "muster log verify --state-directory none"]),
    ("log-dump", [
        f"muster log dump --to 6 {STATE}", f"muster log dump --instance autumn {STATE}",
        f"muster log dump --from 99999 {STATE}"]),
    ("log-export", [f"muster log export {STATE}"]),
    ("log-replay", [
        f"muster log replay {STATE}", f"muster log replay --to 2 --state {STATE}",
        f"muster log replay --upload spring -o replayed.txt {STATE}"]),
    ("log-diff", [f"muster log diff 3 9 {STATE}", f"muster log diff 9 3 {STATE}"]),
    ("log-bisect", [
        f"muster log bisect spring 'members > 30' {STATE}", f"muster log bisect spring 'members > 3000' {STATE}",
        f"muster log bisect spring 'people > 3' {STATE}"]),
    ("errors", [
        "muster", "muster state", "muster status --loud", "muster sync now nobody", "muster status --socket none.sock",
        "muster member add spring no-address"]),
    ("sync-now-failed", [
        "muster sync now spring --wait --again", "muster sync show 50", "muster status"]),
    ("instance-retire", [
        "muster instance retire spring --expect-count 1", "muster instance retire spring --expect-count 55"]),
    ("log-repair", [
        f"muster log repair --truncate-at 20 --yes {STATE}", f"STOP muster log repair --truncate-at 20 {STATE}",
        f"muster log repair --truncate-at 20 --yes {STATE}"]),
    ("log-erase", [f"muster log erase - --dry-run {STATE} < two.txt", f"muster log erase - {STATE} < two.txt"]),
    ("log-erasures", [f"muster log erasures {STATE}"]),
    ("log-adopt", [f"muster log adopt {STATE}"]),
]

def _cell(name, found):
    """The name, as wide as what was found, so that the columns stay under their heads."""
    return name.ljust(len(found[0]))


# What differs from one run to the next, and the word for it.
CHANGING = [(re.compile(pattern, re.MULTILINE), words) for pattern, words in [
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?: UTC)?(?=  )", lambda found: _cell("<time>", found)),
    (r"\d{4}-\d\d-\d\d(?=  )", lambda found: _cell("<date>", found)),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?", "<time>"),
    (r"\d{4}-\d\d-\d\d", "<date>"),
    (rf"\b{DAILY}\b", "<daily>"),
    (r"\b(uid|gid|pid|user|group|process)(\"?:? ?)\d+", r"\1\2<\1>"),
    (r"asked for by \S+ \(", "asked for by <user> ("),
    (r"(mode \d+), group \S+$", r"\1, group <group>"),
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<uuid>"),
    (r"(commandId=)\S+", r"\1<command>"), (r'("commandId":")[^"]+', r"\1<command>"),
    (r"(, command )[0-9a-z]{8,13}-", r"\1<import>-"),
    (r"((?:log id|logId\"?:?) +\"?)[0-9a-f]{32}", r"\1<id>"),
    (r"((?:chain|chain before|chain after|chain\":) +\"?)[0-9a-f]{64}", r"\1<digest>"),
    (r"^(  took +).*", r"\1<duration>"),
    (r"\d+ s remain", "<seconds> s remain"),
    (r"(sent again in )\d+", r"\1<minutes>"),
    (r"\d+ [KM]iB in (\d+ segment)", r"<size> in \1"),
    (r"^(  room +)\S+ \S+ free$", r"\1<size> free"),
    (r"^(  stops +at most ).*", r"\1<durations>"),
    (r"^(  (?:bytes|commits) +)[\d,]+$", r"\1<count>"),
    (r"(offset=)\d+", r"\1<offset>"), (r'("offset":)\d+', r"\1<offset>"),
    (r"(segment 1, byte )[\d,]+", r"\1<offset>"),
    (r"^(muster_\w*(?:seconds|bytes|connections|streams|commits_total)(?:\{.*\})?) [\d.]+$", r"\1 <number>"),
    # How many of a run's steps are seen is a question of time.
    (r"^(?:run \d+ (?:requested|running) \(\w+\).*\n)*(run \d+ (?:succeeded|failed|held|skipped)\b)", r"<steps>\n\1"),
]]


class _Terminal:
    """Runs lines of a shell, each on a terminal, in the scenario's folder."""

    def __init__(self, bench):
        self.bench, self.imports = bench, []

    def line(self, line):
        return line.replace("IMPORT", self.imports[0] if self.imports else "")

    def width(self, line):
        """Wide where the place of a line's end would hang on a number or a name that differs from run to run."""
        return 1000 if re.match(r"muster (doctor|why|member undo)", line) else COLUMNS

    def environment(self):
        path = f"{self.bench.programs}:{os.environ['PATH']}"
        # The width is the terminal's own, and not the one where the scenarios are run.
        return {"PATH": path, "MUSTER_SOCKET": self.bench.socket, "LC_ALL": "C.UTF-8", "COLUMNS": ""}

    def run(self, line, answer=None, **environment):
        """The line, what stands below it in the end, and the exit status where it is not 0."""
        line = self.line(line)
        whole = f"cd '{self.bench.folder}' && {line}"
        with Screen(
                self.bench, "/bin/sh", "-c", whole, columns=self.width(line), **self.environment(),
                **environment) as screen:
            screen.label = " ".join(line.split()[:3])
            if answer:
                screen.said(r"\[y/N\] ")
                screen.type(f"{answer}\n".encode())
            code = screen.ended()
        self.imports += re.findall(r"\bimport ([0-9a-z]{10,14})\b", screen.text)
        # A line that is written over is all that may happen to a terminal: no colour, no moving about.
        rest = screen.text.replace("\r\x1b[K", "")
        must("\x1b" not in rest, f"{screen.label} steers the terminal: {rest!r}")
        return self.plain(f"$ {line}\n" + "\n".join(screen.lines()) + (f"[exit {code}]\n" if code else ""))

    def plain(self, text):
        """The text without what differs from run to run."""
        words = [(str(self.bench.folder), "<folder>"), (self.bench.endpoint, "<endpoint>")]
        words += [(one, "<import>") for one in self.imports if one.strip("0")]
        words += [(one["crmDataId"], "<segment>") for one in json.loads(self.bench.inspect())["segments"]]
        for word, name in words:
            text = text.replace(word, name)
        for pattern, name in CHANGING:
            text = pattern.sub(name, text)
        return text

    def piped(self, line):
        """Runs the line where there is no terminal, and nothing may be steered."""
        done = subprocess.run(
            ["/bin/sh", "-c", self.line(line)], cwd=self.bench.folder, env=self.environment(),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
        said = done.stdout + done.stderr
        self.bench.said.append((line, said))
        must(done.returncode == 0 and said, f"{line} ended with {done.returncode}: {said}")
        must("\x1b" not in said and "\r" not in said, f"{line} says {said!r} where there is no terminal")


def _files(bench):
    """What the commands read."""
    for name, lines in {
            "crm.csv": ["name,email", *(f"N,{one}" for one in people(40)), "N,no-address", "N,"],
            "all.txt": people(45, 5), "more.txt": people(10, 100), "bad.txt": ["no-address"], "one.txt": people(1, 10),
            "two.txt": people(1, 11), "nobody.txt": people(1, 900)}.items():
        (bench.folder / name).write_text("".join(f"{line}\n" for line in lines))
    (bench.folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8)


def _without_colour(terminal):
    """Nothing is coloured with NO_COLOR, and nothing at all steers what is no terminal."""
    bold = "printf '\\033[1mbold'"
    must(failure_of(lambda: terminal.run(bold)), "a text that steers the terminal is not noticed")
    must(failure_of(lambda: terminal.piped(bold)), "nor is it where there is no terminal")
    for line in (
            "muster status", "muster tail", "muster why spring - < two.txt", f"muster audience show spring {STATE}",
            "muster member import spring all.txt", "muster sync now spring --wait --again"):
        terminal.run(line, NO_COLOR="1")
        terminal.piped(line)


def each_verb_says_on_a_terminal_what_its_golden_text_says(bench):
    _files(bench)
    # The sixth run that asks for a place to upload to is refused it.
    path = "POST /v3/crmdata/segment/*/*$"
    bench.sandbox("--fault", f"{path} 5 pass", "--fault", f"{path} 1 400")
    daemon = bench.daemon()
    terminal, said = _Terminal(bench), {}
    for name, lines in COMMANDS:
        if name == "sync-now-failed":
            _without_colour(terminal)
        texts = []
        for line, *answer in ([line] if isinstance(line, str) else line for line in lines):
            if line.startswith("STOP "):
                daemon.stop()
            texts.append(terminal.run(line.removeprefix("STOP "), *answer))
        said[f"{name}.txt"] = "\n".join(texts)
    if os.environ.get("MUSTER_WRITE_GOLDEN") == "1":
        TEXTS.mkdir(exist_ok=True)
        for name, text in said.items():
            (TEXTS / name).write_text(text)
    kept = {path.name: path.read_text() for path in TEXTS.glob("*.txt")}
    wrong = [
        line for name in sorted(kept.keys() | said.keys())
        for line in difflib.unified_diff(
            kept.get(name, "").splitlines(), said.get(name, "").splitlines(), f"golden/{name}", "now", lineterm="")]
    if wrong:
        raise Failure("\n".join([*wrong, "If that is meant: MUSTER_WRITE_GOLDEN=1 writes the texts anew."]))
