"""Reads a page that `muster report` wrote, and nothing that is not quite what it must be."""

import re
from html.parser import HTMLParser

from programs import Failure, must

VOID = {"meta", "line", "rect", "circle", "polygon", "polyline", "path"}
# Whatever makes a browser ask for something, or run something.
ASKING = re.compile(r"(?:xlink:)?href|src|srcset|action|formaction|data|poster|background|ping|style|on.*")
ASKING_TAGS = {"script", "link", "img", "iframe", "object", "embed", "video", "audio", "base", "use", "image", "a", "form"}


class Section:
    """A section with a picture: the titles of its marks, and its table."""

    def __init__(self, label):
        self.label, self.title, self.marks, self.caption, self.head, self.rows = label, "", [], "", [], []
        self.svg, self.first = None, None


class Page(HTMLParser):
    """The page, taken apart; any fault is a Failure."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.named, self.sections, self.headings = [], set(), set(), {}, []
        self.section, self.words, self.language, self.metas, self.style = None, [], None, {}, ""
        must(text.startswith("<!DOCTYPE html>\n"), "it is not said to be HTML")
        self.feed(text)
        self.close()
        self.text = " ".join(self.words)
        must(not self.open, f"these are not closed: {self.open}")
        must(self.language, "its language is not said")
        must(self.headings[:1] == ["h1"] and self.headings.count("h1") == 1, f"its headings are {self.headings}")
        must(self.named <= self.ids, f"it names what is not there: {self.named - self.ids}")
        must("width=device-width" in self.metas.get("viewport", ""), "it is not made for a phone")
        must(
            self.metas.get("content-security-policy", "").startswith("default-src 'none'"),
            "it does not forbid a browser to ask for anything")
        must("prefers-color-scheme:dark" in self.style, "it has no dark colours")
        for wrong in ("url(", "@import", "expression("):
            must(wrong not in self.style, f"its style holds {wrong}")
        must(self.sections, "it has no picture")
        for section in self.sections.values():
            self.hold(section)

    @staticmethod
    def hold(section):
        name = section.label
        must(section.svg.get("role") == "img" and section.svg.get("aria-labelledby"), f"{name}: the picture is no image")
        must(section.first == "title" and section.title, f"{name}: the picture does not begin with its title")
        must(section.caption, f"{name}: the table has no caption")
        must(section.head and all(scope == "col" for scope, _ in section.head), f"{name}: the head is {section.head}")
        for row in section.rows:
            must(len(row) == len(section.head), f"{name}: a row has {len(row)} cells of {len(section.head)}")
            must(row[0][0] == "row", f"{name}: a row has no head")

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        given = dict(attributes)
        must(len(names) == len(set(names)), f"<{tag}> says something twice")
        must(tag not in ASKING_TAGS, f"<{tag}> may ask for something")
        for name in names:
            must(not ASKING.fullmatch(name), f"<{tag}> has {name}")
        if "id" in given:
            must(given["id"] not in self.ids, f"the id {given['id']} is there twice")
            self.ids.add(given["id"])
        self.named.update(given.get("aria-labelledby", "").split())
        if tag == "meta":
            self.metas[(given.get("name") or given.get("http-equiv") or "").lower()] = given.get("content", "")
        if tag == "html":
            self.language = given.get("lang")
        if tag in ("h1", "h2", "h3"):
            self.headings.append(tag)
        if tag == "section":
            self.section = Section(given.get("aria-labelledby") or given.get("aria-label"))
            must(self.section.label, "a section has no name")
        if self.section and self.open and self.open[-1] == "svg" and self.section.first is None:
            self.section.first = tag
        if tag == "svg":
            must(self.section and self.section.svg is None, "a picture stands outside of its section")
            self.section.svg = given
            self.sections[self.section.label] = self.section
        if tag == "tr" and "tbody" in self.open:
            self.section.rows.append([])
        if tag in ("th", "td"):
            target = self.section.head if "thead" in self.open else self.section.rows[-1]
            target.append((given.get("scope"), ""))
        self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        must(tag in VOID, f"<{tag}/> is no element that may be empty")
        self.handle_starttag(tag, attributes)
        self.open.pop()

    def handle_endtag(self, tag):
        must(self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}")
        self.open.pop()
        if tag == "section":
            self.section = None

    def handle_data(self, data):
        if not data.strip():
            return
        inner, outer = (self.open[-1:] or [None])[0], self.open[-2:-1]
        if inner == "style":
            self.style += data
            return
        self.words.append(data)
        if inner == "title" and "svg" in self.open:
            if outer == ["svg"]:
                self.section.title += data
            else:
                self.section.marks.append(data)
        if inner == "caption":
            self.section.caption += data
        if inner in ("th", "td"):
            row = self.section.head if "thead" in self.open else self.section.rows[-1]
            row[-1] = (row[-1][0], row[-1][1] + data)

    def rows(self, label):
        """The cells of a picture's table."""
        return [[text for _, text in row] for row in self.sections[label].rows]

    def marks(self, label):
        return self.sections[label].marks


def agree(page):
    """Holds each picture to its table: the same figures, no more and no fewer."""
    def same(label, expected):
        must(sorted(page.marks(label)) == sorted(expected), f"{label}: {page.marks(label)} is not {expected}")
    same("size", [f"{day}: {count}" for day, count in page.rows("size")])
    same("changes", [
        f"{day}: {count} {word}" for day, *counts in page.rows("changes")
        for count, word in zip(counts, ("came", "went")) if count != "0"])
    same("runs", [f"run {row[0]}: {row[2]}, {row[3]}" for row in page.rows("runs")])
    same("clocks", [f"{row[0]}: {row[1]}" for row in page.rows("clocks")])


def number(text):
    return int(text.replace(",", ""))


__all__ = ["Failure", "Page", "agree", "number"]
