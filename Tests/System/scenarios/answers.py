"""What the verbs print with --json has the fields that their help names; with --quiet they say nothing of success."""

import json
import re

from described import fault
from programs import must
from setting import people

CONFIGURED = "--advertiser-id cxpowqgj --region US --pii-type hashedEmail --minimum-members 0".split()


def _parts(text, mark):
    """The text parted at `mark`, but not inside parentheses."""
    parts, depth = [""], 0
    for piece in re.split(rf"([()]|{mark})", text):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if re.fullmatch(mark, piece) and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _fields(text):
    """The fields of a list, each with those below it, or None where these are told in words; None for words."""
    found = {}
    for field in _parts(_parts(text, ": ")[-1], ", "):
        name, _, below = field.strip().partition(" (")
        if not re.fullmatch(r"\w+", name):
            return None
        found[name] = _form(below.removesuffix(")")) if below else None
    return found


def _form(text):
    """What is always there and what is there sometimes."""
    always, *others = _parts(text, "; ")
    always = _fields(always)
    if always is None:
        return None
    sometimes = [_fields(other.removeprefix("sometimes")) for other in others if other.startswith("sometimes")]
    return always, {} if not sometimes else sometimes[0]


def _misfit(value, form, place=""):
    """What of a value is not as its form has it."""
    if form is None or value is None:
        return None
    if isinstance(value, list):
        return next(filter(None, (_misfit(one, form, f"{place}[]") for one in value)), None)
    always, sometimes = form
    missing = set(always) - set(value)
    strange = set() if sometimes is None else set(value) - set(always) - set(sometimes)
    if missing or strange:
        return f"{place or 'it'} lacks {sorted(missing)} and has {sorted(strange)}"
    known = {**(sometimes or {}), **always}
    return next(filter(None, (_misfit(value[name], known.get(name), f"{place}.{name}") for name in value)), None)


class _Verbs:
    """Runs verbs with --json and holds what they print to their help."""

    def __init__(self, bench):
        self.bench, self.help = bench, {}

    def documented(self, verb):
        if verb not in self.help:
            # A verb of the log takes no socket.
            where = ["--state-directory", "state"] if verb.startswith("log") else []
            text = self.bench.muster(*verb.split(), "--help", *where).out
            found = re.search(r"^JSON[^:]*: (.*?)\n\n", text, re.MULTILINE | re.DOTALL)
            must(found, f"the help of {verb} does not tell its JSON")
            self.help[verb] = " ".join(found[1].split()).removesuffix(".")
        return self.help[verb]

    def misfit(self, value, words):
        if method := re.search(r"the result of ([\w.]+)$", words):
            return fault(value, self.bench.ask("describe", method[1])["result"])
        return _misfit(value, _form(words))

    def holds(self, verb, *arguments, expect=(0,), feed=None, lines=False):
        """Runs a verb; what it prints fits one of the forms that its help has."""
        out = self.bench.muster(*verb.split(), *arguments, "--json", expect=expect, feed=feed).out
        for answer in [json.loads(line) for line in out.splitlines()] if lines else [json.loads(out)]:
            wrong = [self.misfit(answer, one) for one in _parts(self.documented(verb), "; or ")]
            must(None in wrong, f"{verb} {arguments}: {wrong}; help says {self.documented(verb)}; it is {out[:400]}")
        must(out.strip(), f"{verb} prints nothing")

    def quiet(self, verb, *arguments, feed=None):
        """Runs a verb, which is silent."""
        done = self.bench.muster(*verb.split(), *arguments, "--quiet", feed=feed)
        must(done.out + done.err == "", f"{verb} --quiet says {done.out}{done.err}")


def _must_notice(verbs):
    """The comparison finds what it is for."""
    form = _form("a, b (c, d; sometimes e); sometimes f")
    must(_misfit({"a": 1, "b": [{"c": 1, "d": 2, "e": 3}]}, form) is None, "what fits does not fit")
    for wrong in (
            {"b": None}, {"a": 1, "b": None, "g": 1}, {"a": 1, "b": [{"c": 1}]},
            {"a": 1, "b": {"c": 1, "d": 2, "x": 1}}):
        must(_misfit(wrong, form), f"{wrong} fits")
    must(verbs.misfit({"member": 1}, "the result of member.show"), "a number fits where a truth value stands")


def each_verb_prints_the_json_that_its_help_names(bench):
    bench.sandbox()
    daemon = bench.daemon()
    verbs, state = _Verbs(bench), ["--state-directory", str(bench.state)]
    _must_notice(verbs)
    files = {}
    for name, lines in {"all": people(40), "more": people(45, 5), "bad": ["no-address"]}.items():
        files[name] = str(bench.folder / f"{name}.txt")
        (bench.folder / f"{name}.txt").write_text("".join(f"{one}\n" for one in lines))
    one, out = f"{people(1)[0]}\n", str(bench.folder / "out")
    verbs.holds("instance configure", "spring", *CONFIGURED, "--audience-name", "Spring")
    verbs.holds("member import", "spring", files["all"])
    verbs.holds("member import", "spring", files["bad"], "--dry-run", expect=(11,))
    verbs.holds("member import", "spring", files["bad"], expect=(11,))
    verbs.holds("member import", "spring", files["all"], "--as-snapshot", "--yes")
    added = bench.ask("member", "import", "spring", files["more"], "--as-snapshot", "--yes")
    verbs.holds("member undo", "spring", "--import", added["import"], "--dry-run")
    verbs.holds("member undo", "spring", "--import", added["import"], "--yes")
    verbs.holds("member add", "spring", "--file", files["bad"], expect=(11,))
    verbs.holds("member remove", "spring", "-", feed=b"person5@example.org\n")
    for more in ([], ["--history"]):
        verbs.holds("member show", "spring", "-", *more, feed=one.encode())
    verbs.holds("member list", "spring", "-o", f"{out}.list")
    for verb in ("instance show", "instance check", "sync plan"):
        verbs.holds(verb, "spring")
    verbs.holds("sync now", "spring", "--wait")
    run = str(bench.ask("sync", "list", "spring")["runs"][0]["run"])
    verbs.holds("sync now", "spring", "--again")
    verbs.holds("sync list", "spring")
    verbs.holds("sync show", run)
    verbs.holds("why", "spring", "-", feed=one.encode())
    for verb in ("instance list", "status", "metrics", "describe"):
        verbs.holds(verb)
    verbs.holds("doctor", "--skip", "clock", "--skip", "disk", expect=(0, 1, 2))
    verbs.holds("tail", lines=True)
    verbs.holds("report", "spring")
    verbs.holds("audience show", "spring", *state)
    verbs.holds("audience diff", "spring", "--at", "2", "--identities", *state)
    verbs.holds("audience export", "spring", "--run", run, "-o", f"{out}.sent", *state)
    for more in (["--dry-run"], ["--yes", "--no-sync"]):
        verbs.holds("audience restore", "spring", "--to", "2", *more, *state, "--socket", bench.socket)
    for verb in ("log verify", "log replay", "log erasures"):
        verbs.holds(verb, *state)
    for verb in ("log dump", "log export"):
        verbs.holds(verb, *state, lines=True)
    verbs.holds("log replay", "--state", "--hash", *state)
    verbs.holds("log replay", "--trace", *state, lines=True)
    verbs.holds("log replay", "--upload", "spring", "-o", f"{out}.upload", *state)
    verbs.holds("log diff", "1", "2", "--identities", *state)
    verbs.holds("log bisect", "spring", "members > 5", *state)
    _nothing_is_said_of_success(bench, verbs, files, out)
    verbs.holds("instance retire", "spring", "--expect-count", str(bench.ask("instance", "show", "spring")["members"]))
    daemon.stop()
    for more in (["--dry-run"], ["--suppress"], ["--lift"]):
        verbs.holds("log erase", "-", *more, *state, feed=one.encode())
    verbs.holds("log erase", "--resume", *state)
    verbs.holds("log adopt", *state, expect=(2,))
    last = str(bench.ask("log", "replay", *state)["position"])
    verbs.holds("log repair", "--truncate-at", last, *state, expect=(2,))


def _nothing_is_said_of_success(bench, verbs, files, out):
    """Verbs of which success is all the answer are silent with --quiet; what is no success is told."""
    state = ["--state-directory", str(bench.state)]
    daily = ("--daily-at", "03:00", "--time-zone", "UTC")
    verbs.quiet("instance configure", "autumn", *CONFIGURED, "--audience-name", "Autumn", *daily)
    verbs.quiet("member import", "spring", files["all"])
    verbs.quiet("member import", "spring", files["more"], "--as-snapshot", "--yes")
    verbs.quiet("member add", "spring", "--file", files["all"])
    verbs.quiet("member remove", "spring", "-", feed=b"person7@example.org\n")
    verbs.quiet("member list", "spring", "-o", f"{out}.quiet")
    verbs.quiet("sync now", "spring", "--wait", "--again")
    verbs.quiet("sync now", "spring", "--again")
    verbs.quiet("report", "spring", "-o", f"{out}.html")
    verbs.quiet("metrics", "--output", f"{out}.prom")
    verbs.quiet("audience export", "spring", "-o", f"{out}.export", *state)
    verbs.quiet("log replay", "--upload", "spring", "-o", f"{out}.replayed", *state)
    told = bench.muster("member", "add", "spring", "--file", files["bad"], "--quiet", expect=(11,))
    must("1 rejected" in told.out, f"of a member that was rejected it says {told.out}")
    told = bench.muster("sync", "now", "autumn", "--wait", "--quiet", expect=(6,))
    must(told.out == "" and "(empty)" in told.err, f"of a run that was skipped it says {told.out}{told.err}")
