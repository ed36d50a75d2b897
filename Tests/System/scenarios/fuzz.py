"""Inputs that the coverage of the code leads to: a whole connection's bytes against the wire, the rules and the log."""

import json
import os
import pathlib
import re
import struct
import subprocess

from programs import ROOT, must

SECONDS = int(os.environ.get("MUSTER_FUZZ_SECONDS", "600"))
SCRATCH = ROOT / ".build-fuzz"
# The compiler's exit status of an engine that found something.
FOUND = 77


def no_input_that_coverage_leads_to_breaks_a_rule_of_the_wire(bench):
    done = _fuzz(bench, SECONDS)
    must(done.returncode == 0, f"an input was found, see crash-* in the folder: {done.stderr[-1500:]}")
    runs, covered = _figures(done.stderr)
    must(runs > 10_000, f"the engine made only {runs} runs")
    print(f"       {runs:,} inputs in {SECONDS} s, {covered:,} edges covered, no rule broken", flush=True)


def the_fuzzer_finds_a_mistake_that_only_coverage_leads_to(bench):
    done = _fuzz(bench, SECONDS, ascii_only="1", MUSTER_FUZZ_TRAP="1")
    must("INITED" in done.stderr, "a seed already falls into the trap")
    must(done.returncode == FOUND, f"the trap was not found: {done.returncode}, {done.stderr[-600:]}")
    found, = bench.folder.glob("crash-*")
    runs, _ = _figures(done.stderr)
    print(f"       the trap: red, kept in {found.stat().st_size} bytes", flush=True)


for _scenario in (
        no_input_that_coverage_leads_to_breaks_a_rule_of_the_wire,
        the_fuzzer_finds_a_mistake_that_only_coverage_leads_to):
    _scenario.deep = True
    _scenario.seconds = 1800 + SECONDS


def _fuzz(bench, seconds, ascii_only="0", **switches):
    """Builds the fuzzer and lets it run from the published examples on."""
    switch = {**os.environ, "MUSTER_FUZZ": "1"}
    built = subprocess.run(
        ["swift", "build", "-c", "release", "--sanitize=fuzzer", "--product", "wire-fuzz",
         "--scratch-path", SCRATCH, "--ignore-lock"],
        cwd=ROOT, env=switch, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    must(built.returncode == 0, f"the fuzzer was not built: {built.stdout[-1500:]}")
    corpus = bench.folder / "corpus"
    corpus.mkdir()
    dictionary = bench.folder / "words"
    # The engine's own strings escape only these two.
    words = (word.replace("\\", "\\\\").replace('"', '\\"') for word in sorted(_seeds(corpus)))
    dictionary.write_text("".join(f'"{word}"\n' for word in words))
    # Swift's own report of a crash would keep the engine from writing the input down.
    return subprocess.run(
        [SCRATCH / "release" / "wire-fuzz", corpus, f"-dict={dictionary}", f"-max_total_time={seconds}",
         "-max_len=6000", "-only_ascii=" + ascii_only, "-use_value_profile=1", "-timeout=20", "-rss_limit_mb=1024", "-print_final_stats=1",
         f"-artifact_prefix={bench.folder}/"],
        cwd=bench.folder, env={**os.environ, "SWIFT_BACKTRACE": "enable=no", **switches},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")


def _seeds(corpus):
    """Writes the requests of the examples as lines and as frames; gives the names in them."""
    bodies, words = [], set()
    for path in sorted((pathlib.Path(ROOT) / "proto-docs" / "examples").glob("*.json")):
        request = json.loads(path.read_text()).get("request")
        if isinstance(request, dict):
            text = json.dumps(request)
            words |= set(re.findall(r'"[A-Za-z0-9._-]+"', text)) | set(_members(request))
            bodies.append(text.encode())
    must(len(bodies) > 10, "there are no examples to begin with")
    for number in range(len(bodies)):
        some = (bodies * 2)[number:number + 3]
        (corpus / f"lines-{number}").write_bytes(b"\n".join(some))
        (corpus / f"frames-{number}").write_bytes(b"".join(struct.pack(">I", len(one)) + one for one in some))
    return words


def _members(value):
    """The members of all objects in a value that are short enough to be put into another."""
    for name, one in value.items() if isinstance(value, dict) else ():
        text = f"{json.dumps(name)}: {json.dumps(one)}, "
        if text.isascii() and len(text) < 64:
            yield text
        yield from _members(one)


def _figures(output):
    runs = re.search(r"stat::number_of_executed_units:\s+(\d+)", output)
    covered = re.findall(r"cov: (\d+)", output)
    return (int(runs.group(1)) if runs else 0), (int(covered[-1]) if covered else 0)
