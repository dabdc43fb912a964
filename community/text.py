"""What people write: Markdown in, safe HTML out, once, when it is stored."""

import re
from collections.abc import Iterator
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from accounts.models import USERNAME_LENGTH, User

MENTION = re.compile(rf"(?<![\w@/.-])@([A-Za-z0-9_-]{{1,{USERNAME_LENGTH}}})(?![\w@-])")
MENTIONS_MAX = 20  # people one text can call
_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}
_markdown = MarkdownIt("gfm-like", {"html": False, "breaks": True, "maxNesting": 20}).disable("image")


def render_markdown(text: str) -> str:
    """Safe HTML. Headings begin at the third level: the page has the first two.

    Pictures come with the post, not from elsewhere: an address in the text stays a link.
    """
    tokens = _markdown.parse(text)
    people = {user.username.lower(): user for user in mentioned_users(text)}
    for token in tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag)
        if token.children and people:
            token.children = list(_with_mentions(token.children, people))
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener",
    )


def _with_mentions(tokens: list[Token], people: dict[str, User]) -> Iterator[Token]:
    """The same tokens, with a link for each @name of somebody who exists; links stay as they are."""
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type.startswith("link_") else 0
        if token.type != "text" or depth:
            yield token
            continue
        end = 0
        for match in MENTION.finditer(token.content):
            user = people.get(match[1].lower())
            if user is None:
                continue
            yield Token("text", "", 0, content=token.content[end : match.start()])
            yield Token("link_open", "a", 1, attrs={"href": user.get_absolute_url()})
            yield Token("text", "", 0, content=match[0])
            yield Token("link_close", "a", -1)
            end = match.end()
        yield Token("text", "", 0, content=token.content[end:])


def mentioned_usernames(text: str) -> list[str]:
    """The names called by @, in lower case, each once; none from code."""
    prose = re.sub(r"```.*?(```|\Z)|`[^`\n]*`", " ", text, flags=re.DOTALL)
    return list(dict.fromkeys(name.lower() for name in MENTION.findall(prose)))[:MENTIONS_MAX]


def mentioned_users(text: str) -> list[User]:
    names = mentioned_usernames(text)
    return list(User.objects.with_usernames(names)) if names else []


def excerpt(html: str, length: int = 200) -> str:
    """The first words of stored HTML, as plain text."""
    words = " ".join(unescape(nh3.clean(html, tags=set())).split())
    return words if len(words) <= length else words[: length - 1].rsplit(" ", 1)[0] + "…"
