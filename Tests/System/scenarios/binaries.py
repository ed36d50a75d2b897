"""What the programs are linked with."""

import pathlib

from programs import must


def no_program_carries_the_tables_of_icu(bench):
    """One import of full Foundation anywhere would add its 34 MB of data."""
    for name in ("musterd", "muster", "ttd-sandbox"):
        program = pathlib.Path(bench.path(name)).read_bytes()
        must(b"icudt" not in program, f"{name} links ICU: import FoundationEssentials instead of Foundation")
