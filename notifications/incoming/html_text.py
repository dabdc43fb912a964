"""The words of a mail that came as HTML: lines and links, and nothing that was marked as a quotation."""

import re
from html.parser import HTMLParser

import nh3

LENGTH_MAX = 500_000
TAGS_MAX = 5_000  # cleaning takes a time that is the square of how deep they are nested
_LINES = {"address", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "table", "tr", "ul", "ol"}
_PARAGRAPHS = {"p", "pre", "hr"}
_VOID = {"br", "hr"}
_TAGS = _LINES | _PARAGRAPHS | _VOID | {"a", "blockquote", "span", "td"}
# Gmail, Yahoo, Thunderbird, Outlook; signatures too.
_ASIDE = re.compile(
    r"\b(gmail_quote|gmail_attr|gmail_signature|yahoo_quoted|moz-cite-prefix|moz-signature"
    r"|divRplyFwdMsg|Signature|ms-outlook-mobile-signature)\b"
)


def text_of(html: str) -> str:
    clean = nh3.clean(
        "<".join(html[:LENGTH_MAX].split("<", TAGS_MAX)[:TAGS_MAX]),
        tags=_TAGS,
        attributes={"*": {"class", "id"}, "a": {"href"}},
        clean_content_tags={"script", "style", "title"},
        link_rel=None,
    )
    reader = _Reader()
    reader.feed(clean)
    reader.close()
    return "".join(reader.written)


class _Reader(HTMLParser):
    """Of HTML whose every element is closed: it was cleaned."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []
        self._inside: list[str] = []  # of a quotation or signature: the elements that are open
        self._href = ""
        self._link_starts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        marks = f"{has.get('class')} {has.get('id')}"
        if self._inside or tag == "blockquote" or _ASIDE.search(marks):
            if tag not in _VOID:
                self._inside.append(tag)
            return
        if tag == "br":
            self.written.append("\n")
        elif tag in _LINES | _PARAGRAPHS:
            self._break(paragraph=tag in _PARAGRAPHS)
            if tag == "li":
                self.written.append("- ")
        elif tag == "td":
            self.written.append(" ")
        elif tag == "a":
            self._href, self._link_starts = has.get("href") or "", len(self.written)

    def handle_endtag(self, tag: str) -> None:
        if self._inside:
            self._inside.pop()
        elif tag in _LINES | _PARAGRAPHS:
            self._break(paragraph=tag in _PARAGRAPHS)
        elif tag == "a":
            shown = "".join(self.written[self._link_starts :])
            if self._href.startswith(("http://", "https://")) and self._href.rstrip("/") not in shown:
                self.written.append(f" ({self._href})")

    def handle_data(self, data: str) -> None:
        if self._inside:
            return
        words = re.sub(r"[ \t\r\n\f]+", " ", data)  # not those that do not break: they hold empty lines open
        if not self.written or self.written[-1].endswith("\n"):
            words = words.lstrip(" ")
        if words:
            self.written.append(words)

    def _break(self, *, paragraph: bool) -> None:
        if self.written and not self.written[-1].endswith("\n"):
            self.written.append("\n")
        if paragraph and self.written:
            self.written.append("\n")
