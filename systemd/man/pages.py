#!/usr/bin/env python3
"""Makes the manual pages.

    pages.py PROGRAMS FOLDER

muster(1) and musterd(8) come from the programs' own help, by the argument parser's `generate-manual`, and from the
sections beside this file; muster-protocol(7) and muster-log(5) from proto-docs, by `lowdown`. Their date is that of the
newest entry of the Debian changelog, so that the same sources give the same pages.
"""

import datetime
import email.utils
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
DOCS = HERE.parent.parent / "proto-docs"
ENTRY = re.compile(r"^ -- .*>  (.*)$", re.MULTILINE)


def output_of(*command, feed=None):
    return subprocess.run(command, input=feed, stdout=subprocess.PIPE, text=True, check=True).stdout


# From the help of a program


class Block:
    """What stands below a command or an option: paragraphs, then a list of titles with blocks of their own."""

    def __init__(self, lines):
        self.text, self.items = [], []
        while lines and lines[0].split()[0] not in (".It", ".El", ".Sh", ".Bl"):
            self.text.append(lines.pop(0))
        if lines and lines[0].startswith(".Bl"):
            lines.pop(0)
            while lines[0] != ".El":
                title = lines.pop(0).removeprefix(".It ")
                self.items.append((title, Block(lines)))
            lines.pop(0)
        while self.text[-1:] == [".Pp"]:
            self.text.pop()

    def commands(self):
        """Names and blocks of the subcommands; the parser's own `help` is said by --help."""
        return [(title[3:], block) for title, block in self.items if title.startswith("Em ") and title != "Em help"]

    def options(self, is_root=False):
        """The options, of which those that every command has are told once."""
        for title, block in self.items:
            if not title.startswith("Em ") and (is_root or title not in ("Fl -version", "Fl h , -help")):
                yield title, block

    def listed(self, is_root=False):
        lines = []
        for title, block in self.options(is_root):
            lines += [f".It {title}", *block.text, *(block.listed() if block.items else [])]
        return [".Bl -tag -width 6n", *lines, ".El"] if lines else []


def sections_of(block, path):
    """One subsection a command, in the order of the help."""
    for name, inner in block.commands():
        words = f"{path} {name}"
        yield f'.Ss "{words}"'
        if not inner.commands():
            places = [title for title, _ in inner.options() if title.startswith("Ar ")]
            options = [title for title, _ in inner.options() if title.startswith("Fl ")]
            yield f".Nm {words}"
            yield from [".Op Ar option ..."] * bool(options)
            yield from (f".{place}" for place in places)
            yield ".Pp"
        yield from inner.text
        yield from inner.listed()
        yield from sections_of(inner, words)


def program_page(programs, name, section, date):
    version = output_of(str(programs / name), "--version").split()[-1]
    made = output_of(
        str(programs / "generate-manual"), str(programs / name), f"--section={section}", f"--date={date}",
        "--output-directory=-")
    lines = [line or ".Pp" for line in made.splitlines()[1:]]
    start = lines.index(".Sh DESCRIPTION") + 1
    head, rest = lines[:start], lines[start:]
    block = Block(rest)
    # The help names the codes in one sentence; the page has a section for them, and keeps what follows the sentence.
    codes = next(line for line in block.text if re.match("Exit (status|codes):", line))
    block.text.remove(codes)
    while block.text[-1:] == [".Pp"]:
        block.text.pop()
    verbs = list(sections_of(block, name))
    head = [
        re.sub(r'^\.Nd "(.*?)\.?"$', r".Nd \1", line.replace(".Os", f'.Os "Muster {version}"')) for line in head
        if verbs or line != ".Ar subcommand"]
    if verbs:
        verbs = [".Sh COMMANDS", "Each of them also takes", ".Fl -help .", *verbs]
    own = (HERE / f"{name}.mdoc").read_text().splitlines()
    if further := codes.partition(". ")[2]:
        place = next(at for at in range(own.index('.Sh "EXIT STATUS"') + 1, len(own)) if own[at].startswith(".Sh"))
        own[place:place] = [".Pp", further]
    return "\n".join([*head, *block.text, *block.listed(is_root=True), *verbs, *own]) + "\n"


# From a page of proto-docs


def cells_of(line):
    return [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def row_as_entry(names, cells):
    """A row as a term and what is said of it: a table has no room on a terminal."""
    first, rest = cells[0], cells[1:]
    term = first if "`" in first else f"**{first}**" if first else ""
    if len(rest) == 1:
        return term, rest[0]
    if len(rest) == 2:
        return ", ".join(filter(None, [term, rest[0] if rest[1] else ""])), rest[1] or rest[0]
    said = [f"{name} {cell}".strip() for name, cell in zip(names[1:], rest) if cell]
    return term, "; ".join(said)


def table_as_list(lines):
    names, rows = cells_of(lines[0]), [cells_of(line) for line in lines[2:]]
    # Two tables may stand beside each other, with an empty column between them.
    middle = len(names) // 2
    if len(names) > 5 and names[:middle] == names[middle + 1:]:
        rows = [row[:middle] for row in rows] + [row[middle + 1:] for row in rows]
        names = names[:middle]
    if names[0]:
        yield from ["", f"*{names[0]}*"]
    for row in rows:
        term, said = row_as_entry(names, row)
        if term or said:
            yield from ["", term or said, *([f": {said}"] if term and said else [])]
    yield ""


def plain(markdown, demoted):
    """Text without what only a browser has use for: tables, links, comments and the title; and one heading higher,
    unless it stands below one of the page's."""
    lines, table, is_code = [], [], False
    markdown = re.sub(r"<!--.*?-->\n*", "", markdown, flags=re.DOTALL)
    for line in [*markdown.splitlines()[1:], ""]:
        is_code ^= line.startswith("```")
        if line.startswith("|") and not is_code:
            table.append(re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", line))
            continue
        if table:
            lines += table_as_list(table)
            table = []
        if is_code:
            lines.append(line)
            continue
        line = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", line)
        lines.append(line if demoted else re.sub("^##", "#", line))
    return "\n".join(lines)


def document_page(name, section, date, version, abstract, parts):
    text = f"# NAME\n\n{name} - {abstract}\n\n"
    for title, file in parts:
        body = plain((DOCS / file).read_text(), demoted=title != "DESCRIPTION")
        text += f"# {title}\n\n{body}\n\n"
    text += "# SEE ALSO\n\n" + ", ".join(
        f"**{page}**({number})" for page, number in
        (("muster", 1), ("muster-log", 5), ("muster-protocol", 7), ("musterd", 8)) if page != name)
    text += "\n\nThe pages this one is made from, with examples and programs in Python, are in\n"
    text += "*/usr/share/doc/muster/proto-docs*.\n"
    made = output_of(
        "lowdown", "-sTman", "--parse-no-super", "--out-no-smarty", f"-mtitle={name}", f"-msection={section}",
        f"-mdate={date}", f"-msource=Muster {version}", "-mvolume=Muster", feed=text)
    # A terminal has no other font for code.
    return made.replace(r"\fC", r"\fB")


def main():
    programs, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    changed = ENTRY.search((HERE.parent / "debian/changelog").read_text())
    date = email.utils.parsedate_to_datetime(changed[1]).astimezone(datetime.timezone.utc).date()
    version = output_of(str(programs / "musterd"), "--version").strip()
    pages = {
        "muster.1": program_page(programs, "muster", 1, date),
        "musterd.8": program_page(programs, "musterd", 8, date),
        "muster-protocol.7": document_page(
            "muster-protocol", 7, date, version, "how programs talk to musterd",
            [("DESCRIPTION", "README.md"), ("METHODS", "methods.md"), ("ERRORS", "errors.md")]),
        "muster-log.5": document_page(
            "muster-log", 5, date, version, "the state directory of musterd and its log",
            [("DESCRIPTION", "log.md"), ("EVENTS", "events.md")]),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    main()
