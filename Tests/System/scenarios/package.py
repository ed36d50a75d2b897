"""The Debian package: how it is made and what is in it."""

import json
import re
import shutil
import subprocess

from debian import built, done
from programs import ROOT, must


def the_package_has_the_version_of_the_programs_and_lintian_has_nothing_to_say(bench):
    package, root = built(bench.programs)
    version = done(bench.path("musterd"), "--version").split()[-1]
    field = done("dpkg-deb", "--field", package, "Version").strip()
    must(field.rsplit("-", 1)[0] == version, f"the package is {field}, and musterd {version}: mend debian/changelog")
    machine = done("dpkg", "--print-architecture").strip()
    must(package.name == f"muster_{field}_{machine}.deb", f"it is {package.name}")
    for program in ("usr/libexec/musterd", "usr/bin/muster"):
        must("swift" not in done("ldd", root / program).lower(), f"{program} needs a Swift runtime")
    needed = done("dpkg-deb", "--field", package, "Depends")
    for name in ("tzdata", "ca-certificates", "libc6", "libstdc++6", "libsystemd0"):
        must(re.search(rf"(^| ){re.escape(name)}( |,|$)", needed), f"it does not depend on {name}")
    changes = next(package.parent.glob("*.changes"))
    said = subprocess.run(
        ["lintian", "--allow-root", "--fail-on=error,warning", changes], capture_output=True, text=True, timeout=300,
        check=False)
    must(said.returncode == 0 and not said.stdout.strip(), f"lintian says: {said.stdout}{said.stderr}")


the_package_has_the_version_of_the_programs_and_lintian_has_nothing_to_say.seconds = 600


def _commands(told, path):
    yield path
    for inner in told.get("subcommands", []):
        if inner["commandName"] != "help":
            yield from _commands(inner, f"{path} {inner['commandName']}")


def _codes(text):
    """The exit codes that a program's help names."""
    sentence = re.search(r"Exit (?:status|codes): (.*?)\. ", " ".join(text.split()) + " ")[1]
    return set(re.findall(r"(?:^|[,;] )(\d+) [a-z]", sentence))


def _read(page):
    """A page as a terminal shows it, which must be without a warning."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "500"}
    shown = subprocess.run(
        ["man", "--warnings", "--no-hyphenation", "-l", page], capture_output=True, text=True, timeout=60,
        env=environment, check=True)
    must(not shown.stderr, f"{page.name}: {shown.stderr[:800]}")
    must(f"{page.name.split('.')[0]} - " in done("lexgrog", page), f"{page.name} cannot be found by apropos")
    return shown.stdout


def the_manual_has_every_verb_option_and_exit_status_and_no_warning(bench):
    _, root = built(bench.programs)
    pages = {path.name.removesuffix(".gz"): _read(path) for path in root.glob("usr/share/man/man*/*.gz")}
    must(set(pages) == {"muster.1", "musterd.8", "muster-protocol.7", "muster-log.5"}, f"the pages are {list(pages)}")
    for page, program in (("muster.1", "muster"), ("musterd.8", "musterd")):
        told = json.loads(done(bench.path(program), "--experimental-dump-help"))["command"]
        for command in _commands(told, program):
            must(re.search(rf"^ *{command}( |$)", pages[page], re.MULTILINE), f"{page} lacks {command}")
        options = set(re.findall(r'"name" : "([a-z-]{2,})"', json.dumps(told, indent=1, separators=(",", " : "))))
        for option in options - {"help", "version"}:
            must(f"--{option}" in pages[page], f"{page} lacks --{option}")
        section = pages[page].split("EXIT STATUS")[1].split("SEE ALSO")[0]
        listed = set(re.findall(r"^ {5}(\d+) ", section, re.MULTILINE))
        must(listed == _codes(told["discussion"]), f"{page} names {listed}, the help {_codes(told['discussion'])}")
    for path in (ROOT / "Sources/musterd").glob("*.swift"):
        for name in re.findall(r'environment\["(MUSTERD_\w+)"\]', path.read_text()):
            must(name in pages["musterd.8"], f"musterd.8 lacks {name}")
    documents = {"muster-protocol.7": ("README.md", "methods.md", "errors.md"), "muster-log.5": ("log.md", "events.md")}
    for page, files in documents.items():
        for file in files:
            text = (ROOT / "proto-docs" / file).read_text()
            for word in re.findall(r"^#+ (.*)$|\*\*(P-[A-Z]+-\d+)\*\*", text, re.MULTILINE)[1:]:
                must(max(word) in pages[page], f"{page} lacks {max(word)} of {file}")
            must("±(2^53 - 1)" in pages[page] or file != "README.md", f"{page} changed a number")


def the_completions_are_read_by_their_shells(bench):
    _, root = built(bench.programs)
    share = root / "usr/share"
    for shell, path in (
            ("bash", "bash-completion/completions/muster"), ("zsh", "zsh/vendor-completions/_muster"),
            ("fish", "fish/vendor_completions.d/muster.fish")):
        must("configure" in (share / path).read_text(), f"{path} knows no verb")
        if shutil.which(shell):
            done(shell, "-n", share / path)


def make_install_copies_what_the_package_holds(bench):
    package, root = built(bench.programs)
    manual = package.parent / "muster/manual"
    copied, elsewhere = bench.folder / "copied", bench.folder / "elsewhere"
    arguments = ["make", "-C", ROOT, "install", f"RELEASE={bench.programs}", f"MANUAL={manual}"]
    done(*arguments, f"DESTDIR={copied}", "PREFIX=/usr")

    def files(place):
        names = {str(path.relative_to(place)) for path in place.rglob("*") if not path.is_dir()}
        return {name.removesuffix(".gz").replace("usr/lib/systemd/system", "lib/systemd/system") for name in names}
    of_debian = {
        "usr/share/doc/muster/changelog.Debian", "usr/share/doc/muster/copyright",
        "usr/share/lintian/overrides/muster"}
    must(files(copied) == files(root) - of_debian, f"they differ in {files(copied) ^ (files(root) - of_debian)}")
    units = {path.name for kind in ("service", "socket", "timer") for path in (ROOT / "systemd").glob(f"*.{kind}")}
    must({path.name for path in root.glob("lib/systemd/system/*")} == units, "it does not hold just our units")
    must((copied / "usr/libexec/musterd").stat().st_mode & 0o777 == 0o755, "the daemon cannot be run")
    done(*arguments, f"DESTDIR={elsewhere}", "PREFIX=/opt/muster")
    service = (elsewhere / "opt/muster/lib/systemd/system/musterd.service").read_text()
    must("\nExecStart=/opt/muster/libexec/musterd\n" in service, "the unit names a place without a program")
