"""The page for people who print, use a phone, a keyboard or a screen reader: what can be told without a browser."""

import re
from html.parser import HTMLParser

import pytest
from test_page import contrast
from test_page_answers import exits, sharing, why

from planner.report.html.page import page
from planner.results.plan import Plan

_VOID = {"meta", "link", "br", "hr", "img", "input", "path", "rect", "circle"}


class Tree(HTMLParser):
    """Elements of a page, each with its attributes and those it stands in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], tuple[tuple[str, dict[str, str | None]], ...]]] = []
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs), tuple(self.open)))
        if tag not in _VOID:
            self.open.append((tag, dict(attrs)))

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag):
        if self.open and self.open[-1][0] == tag:
            self.open.pop()


@pytest.fixture(scope="module")
def html(food_park: Plan) -> str:
    return page(food_park, answers={"share": sharing(), "exits": exits(), "why": why()})


@pytest.fixture(scope="module")
def tree(html: str) -> Tree:
    return Tree(html)


def test_the_policy_lets_nothing_in_but_the_pages_own_style_and_script(html):
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy"\s+content="([^"]*)"', html)
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert rules.pop("default-src") == "'none'"
    assert set(rules) == {"style-src", "script-src", "base-uri", "form-action"}
    for rule in ("style-src", "script-src"):
        assert re.fullmatch(r"'sha256-[A-Za-z0-9+/=]{44}'", rules[rule])
    assert rules["base-uri"] == rules["form-action"] == "'none'"


def test_there_is_no_address_to_fetch_from(tree, html):
    for tag, found, _ in tree.found:
        for name in ("src", "srcset", "data", "poster", "background", "action", "ping"):
            assert name not in found, (tag, name)
        assert (found.get("href") or "#").startswith("#"), tag
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style
    assert "@font-face" not in style


def test_every_id_is_there_once_and_every_reference_has_one(tree):
    ids = [found["id"] for _, found, _ in tree.found if "id" in found]
    assert len(ids) == len(set(ids))
    for _, found, _ in tree.found:
        for name in ("aria-labelledby", "aria-describedby", "for"):
            assert set((found.get(name) or "").split()) <= set(ids)


def test_every_drawing_has_words_and_a_table_in_its_section(tree):
    sections = {}
    for tag, found, above in tree.found:
        inside = next((x["id"] for name, x in reversed(above) if name == "section"), None)
        if inside is not None:
            sections.setdefault(inside, []).append((tag, found, above))
    drawn = 0
    for name, parts in sections.items():
        pictures = [found for tag, found, _ in parts if tag == "svg" and found.get("role") == "img"]
        assert all(found.get("aria-label") for found in pictures)
        if pictures:
            assert any(tag == "table" for tag, _, _ in parts), name
        for tag, found, above in parts:
            if tag == "svg" and found.get("role") != "img":
                assert found.get("aria-hidden") == "true"
            drawn += tag == "svg" and any("narrow" in (x.get("class") or "") for _, x in above)
    assert {"map", "balances", "waterfall", "bank", "sharing", "exits"} <= {
        name for name, parts in sections.items() if any(f.get("role") == "img" for _, f, _ in parts)
    }
    assert drawn >= 11  # three pairs of flows, two waterfalls, bank, sharing and exits, for a phone


def test_what_is_drawn_for_a_laptop_is_also_drawn_for_a_phone(html):
    for figure in re.findall(r'<figure class="drawing">.*?</figure>', html, re.DOTALL):
        titles = re.findall(r"<title>([^<]*)</title>\s*<desc>([^<]*)</desc>", figure)
        assert len(titles) == 2
        assert titles[0] == titles[1]
        wide, narrow = (float(x) for x in re.findall(r'<svg [^>]*viewBox="0 0 (\d+) ', figure))
        assert narrow <= 375 < wide
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert re.search(r"max-width: 640px\).*?\.wide \{ display: none", style, re.DOTALL)
    assert re.search(r"@media print.*?\.narrow \{ display: none", style, re.DOTALL)


def test_names_on_a_drawing_for_a_phone_stay_on_it(html):
    """Letters of 11 points are some 6.2 wide (DejaVu Sans); a name and the one beside it have a column each."""
    seen = 0
    for drawing in re.findall(r'<div class="narrow">(.*?)</div>', html, re.DOTALL):
        width = float(re.search(r'viewBox="0 0 (\d+) ', drawing).group(1))
        for x, anchor, word in re.findall(
            r'<text x="([\d.]+)" y="[\d.]+" [^>]*?font-size="11" text-anchor="(\w+)"[^>]*>([^<]*)<', drawing
        ):
            seen += 1
            size = 6.6 * len(word)
            left = float(x) - {"start": 0.0, "middle": size / 2, "end": size}[anchor]
            assert left > -6.0, word
            assert left + size < width + 6.0, word
    assert seen > 40


def test_whatever_can_be_scrolled_can_be_reached_by_keyboard_and_has_a_name(tree):
    frames = [found for _, found, _ in tree.found if "frame" in (found.get("class") or "").split()]
    assert frames
    for found in frames:
        assert found.get("tabindex") == "0"
        assert found.get("role") == "region"
        assert found.get("aria-label")


def test_boxes_to_tick_have_labels(tree):
    boxes = [above for tag, _, above in tree.found if tag == "input"]
    assert boxes
    assert all(any(tag == "label" for tag, _ in above) for above in boxes)


def test_words_of_style_and_drawings_can_be_read(html):
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    own = style[style.index(":root") :].partition("body.rejected")[0]
    named = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", own))
    inks = {named.get(x, x) for x in re.findall(r"[^-]color: (?:var\(--)?([#\w]+)", own)} - {"light"}
    inks |= {fill for fill in re.findall(r'<text [^>]*fill="(#[0-9A-Fa-f]{6})"', html)}
    for ink in inks:
        assert contrast(ink, "#ffffff") >= 4.5, ink
    assert contrast("#00508a", "#f3f5f7") >= 4.5  # a link on the ground of the contents
    assert contrast(named["bad"], "#fdf1e8") >= 4.5


def test_printed_pages_have_a_number_and_the_name_of_the_case(html):
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert "counter(page)" in style
    words = re.search(r'@bottom-left \{ content: "([^"]*)"', style).group(1)
    assert re.sub(r"\\([0-9a-f]+) ", lambda m: chr(int(m.group(1), 16)), words).startswith("Food park")
    assert re.fullmatch(r"(?:[A-Za-z0-9]|\\[0-9a-f]+ )*", words)


def test_a_name_cannot_leave_the_margin(make_plan):
    evil = '"}</style><script>alert(1)</script>\\'
    made = page(make_plan(header={"case": {"name": evil, "path": "x", "sha256": "0"}}))
    (style,) = re.findall(r"<style>(.*?)</style>", made, re.DOTALL)
    assert "alert" not in re.sub(r'content: "[^"]*"', "", style)
    assert made.count("<script>") == 1  # the page's own


def test_the_numbers_on_the_map_are_told_on_paper_too(html):
    # tables behind a chart are folded away on paper; the map says "in the table below", so that one is printed
    printed = re.search(r'<div class="print-only">(.*?)</table>', html, re.S)
    assert printed is not None
    assert "brewery &gt; digester: spent grain" in printed[1]
    print_style = html.split("@media print {")[-1]
    assert ".print-only { display: block; }" in print_style
