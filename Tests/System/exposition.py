"""A strict reader of Prometheus' text format (0.0.4), and of what its naming conventions ask for."""

import re

from programs import must

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?[0-9]+(?:\.[0-9]+)?)")
OTHER_UNITS = re.compile(r"_(milliseconds|minutes|hours|days|ms|kilobytes|megabytes|percent)\b|_(days|hours)_")


def read(text):
    """Metrics by name: a list of labels and value each; anything that the format or a convention forbids fails."""
    must(text.endswith("\n") and "\r" not in text, "the last line has no end, or a line has another")
    found, kinds, helped, current = {}, {}, set(), None
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("# HELP "):
            name, _, about = line.removeprefix("# HELP ").partition(" ")
            must(re.fullmatch(NAME, name) and about.strip(), f"a metric has no name or help: {line}")
            must(name not in helped, f"{name} is helped twice")
            helped.add(name)
            current = name
        elif line.startswith("# TYPE "):
            name, _, kind = line.removeprefix("# TYPE ").partition(" ")
            must(name == current and name not in kinds, f"the type is not behind its help: {line}")
            must(kind in ("gauge", "counter"), f"{name} is a {kind}")
            kinds[name] = kind
            must(name.startswith("muster_"), f"{name} has no prefix")
            must(name.endswith("_total") == (kind == "counter"), f"{name} is a {kind}")
            must(not OTHER_UNITS.search(name), f"{name} has a unit that is no base unit")
        else:
            sample = SAMPLE.fullmatch(line)
            must(sample, f"this is no sample: {line}")
            must(sample[1] == current and current in kinds, f"{sample[1]} stands apart from its type")
            labels = dict(re.findall(LABEL, sample[2] or ""))
            must(labels not in [one for one, _ in found.get(current, [])], f"{line} is there twice")
            found.setdefault(current, []).append((labels, float(sample[sample.lastindex])))
    must(set(found) == set(kinds) == helped, f"no samples: {set(kinds) ^ set(found)}")
    return found


def value(found, name, **labels):
    """The one value of a metric with these labels."""
    values = [number for known, number in found[name] if known == labels]
    must(len(values) == 1, f"{name} {labels} has the values {values}")
    return values[0]
