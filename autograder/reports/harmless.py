"""Turns what students wrote, and what their code printed, into HTML that shows and does nothing.

No script, no style, no form, no address that is loaded: a tag or an attribute that is not listed here goes. The page
around it forbids the same once more, by its Content-Security-Policy.
"""

import base64
import binascii
import html
import re
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from bleach import Cleaner
from bleach.html5lib_shim import Filter
from ipython_pygments_lexers import IPython3Lexer
from markupsafe import Markup
from nbconvert.filters.ansi import strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter

TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "span", "blockquote", "pre", "hr", "br", "a", "img"),
    *("b", "i", "u", "s", "em", "strong", "small", "sub", "sup", "code", "kbd", "samp", "var", "abbr", "del", "ins"),
    *("ul", "ol", "li", "dl", "dt", "dd", "details", "summary", "figure", "figcaption", "mark", "q"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
SHIFT = 2  # a page has a heading, and its parts have
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/svg+xml")  # by <img>, a drawing runs nothing either
EMBEDDED = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*")
OUTWARD = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
UNSHOWN = re.compile(r"<(script|style|template|title)\b.*?(</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
MOST_MARKUP = 100_000  # characters; longer ones are shown as text
MOST_MARKDOWN = 20_000
LONGEST_LINE = 1000  # of code
MOST_TAGS = 1500  # within each other they take time that grows with the square
MOST_TEXT = 20_000
MOST_PICTURE = 4_000_000


class TookTooLong(Exception):
    """Rendering did not end in time."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Break off what takes longer, where the platform can: a text may be made to be slow to read."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    over = False

    def break_off(*_: object) -> None:
        if not over:
            raise TookTooLong

    before = signal.signal(signal.SIGALRM, break_off)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds / 10)  # again and again: an exception may be swallowed
    try:
        try:
            yield
        finally:
            over = True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def clean(markup: str) -> Markup:
    """Markup of which what can only be looked at is left; as text where it is too long or too deep."""
    if len(markup) > MOST_MARKUP or markup.count("<") > MOST_TAGS:
        return text(markup)
    try:
        return Markup(_CLEANER.clean(UNSHOWN.sub("", markup)))
    except RecursionError:
        return text(markup)


@lru_cache(4096)
def trusted(markup: str) -> Markup:
    """The same for markup of our own, however long: what student code said in it is escaped already."""
    return Markup(_CLEANER.clean(markup))


def markdown(source: str, attachments: Mapping[str, Any] | None = None) -> Markup:
    """A text cell; its formulas as they were written, since nothing runs that could set them."""
    if len(source) > MOST_MARKDOWN or source.count("<") > MOST_TAGS:
        return text(source)
    return _markdown(source) if not attachments else _rendered(source, _pictures(attachments))


@lru_cache(4096)  # most texts of a class are the lesson's own
def _markdown(source: str) -> Markup:
    return _rendered(source, {})


def code(source: str) -> Markup:
    """Python, with its words marked."""
    if len(source) > MOST_MARKUP or max(map(len, source.split("\n"))) > LONGEST_LINE:
        return text(source)
    return _code(source)


@lru_cache(4096)
def _code(source: str) -> Markup:
    return Markup("<pre>{}</pre>").format(Markup(highlight(source, IPython3Lexer(), _FORMATTER).rstrip("\n")))


def text(value: object) -> Markup:
    """Plain text, shortened."""
    shown = strip_ansi(joined(value))
    if len(shown) > MOST_TEXT:
        shown = shown[:MOST_TEXT] + " …"
    return Markup("<pre>{}</pre>").format(shown)


def picture(kind: str, content: object, alternative: str) -> Markup | None:
    """A picture that an output holds; None where it is none."""
    given = joined(content)
    if kind not in PICTURES or len(given) > MOST_PICTURE:
        return None
    if kind == "image/svg+xml":
        given = base64.b64encode(given.encode("utf-8", "replace")).decode()
    else:
        given = re.sub(r"\s+", "", given)
        try:
            base64.b64decode(given, validate=True)
        except (binascii.Error, ValueError):
            return None
    return Markup('<img alt="{}" src="data:{};base64,{}">').format(alternative, kind, given) if given else None


def joined(value: object) -> str:
    """What the notebook format calls a multi-line string: a string, or lines."""
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


class _Renderer(IPythonRenderer):
    """nbconvert's, but for formulas, which stay as they were written."""

    def inline_math(self, body: str) -> str:
        return f"<code>${html.escape(body)}$</code>"

    def block_math(self, body: str) -> str:
        return f"<pre>{html.escape(body.strip())}</pre>"

    def latex_environment(self, name: str, body: str) -> str:
        return f"<pre>\\begin{{{html.escape(name)}}}{html.escape(body)}\\end{{{html.escape(name)}}}</pre>"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        name = url.removeprefix("attachment:")
        kept = str(self.attachments.get(name, "")) if url.startswith("attachment:") else url
        return f'<img alt="{html.escape(text)}" src="{html.escape(kept)}">'


def _rendered(source: str, attachments: dict[str, Any]) -> Markup:
    renderer = _Renderer(escape=False, exclude_anchor_links=True, attachments=attachments)
    try:
        return Markup(_CLEANER.clean(UNSHOWN.sub("", MarkdownWithMath(renderer=renderer).render(source))))
    except (RecursionError, ValueError, LookupError, TypeError):  # what the parser does not expect
        return text(source)


def _pictures(attachments: Mapping[str, Any]) -> dict[str, Any]:
    """The addresses of a cell's attached pictures, by name."""
    found: dict[str, Any] = {}
    for name, kinds in attachments.items():
        for kind, content in kinds.items() if isinstance(kinds, dict) else ():
            if kind != "image/svg+xml" and picture(kind, content, "") is not None:
                found[name] = f"data:{kind};base64,{joined(content)}"
    return found


def _allowed(tag: str, name: str, value: str) -> bool:
    if tag == "a" and name == "href":
        return bool(OUTWARD.match(value))
    if tag == "img" and name == "src":
        return bool(EMBEDDED.fullmatch(value))
    if (tag, name) in (("td", "colspan"), ("td", "rowspan"), ("th", "colspan"), ("th", "rowspan"), ("img", "width")):
        return value.isascii() and value.isdigit() and len(value) < 5
    return (tag, name) in (("img", "alt"), ("ol", "start"), ("abbr", "title"))


class _Fitted(Filter):
    """Fits what is left into a page: headings below those of the page, links that tell nothing, words for pictures."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for token in Filter.__iter__(self):
            name = str(token.get("name", ""))
            if re.fullmatch("h[1-6]", name):
                token["name"] = f"h{min(int(name[1]) + SHIFT, 6)}"
            elif token["type"] in ("StartTag", "EmptyTag") and name == "a":
                token["data"][None, "rel"] = "noopener noreferrer nofollow"
            elif name == "img" and (None, "src") not in token.get("data", {}):
                token = {"type": "Characters", "data": f"[{token.get('data', {}).get((None, 'alt'), '')}]"}
            yield token


_CLEANER = Cleaner(TAGS, _allowed, {"http", "https", "mailto", "data"}, strip=True, filters=[_Fitted])
_FORMATTER = HtmlFormatter(nowrap=True)
