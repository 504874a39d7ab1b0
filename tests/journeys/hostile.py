"""Texts by which somebody wants the bot to ping, to link, to show or to hide something."""

from __future__ import annotations

from hypothesis import strategies as st

PINGS = (
    "<!channel>", "<!here|here>", "<!everyone>", "<!channel|<@U0ANNA>>", "<<!channel>>",
    "<!channel", "<@U0ANNA>", "<@U0ANNA|anna>", "<#C0TEAM|team>", "<!subteam^S0HR|@hr>",
    "<!subteam^S0HR>",
    "<!date^1700000000^{date}^https://evil.example/d|today>",
    "@here", "@channel", "@everyone", "@Everyone!", "(@group)", "x@here", "@@here",
    "&lt;!channel&gt;", "&#60;!channel&#62;", "&#x3C;!here&#x3E;", "&commat;here", "&#64;channel",
    "&amp;lt;!channel&amp;gt;",
    "@\u200bhere", "@he\u200bre", "<\u200b!channel>", "<!chan\u202enel>",
    "@\u2060here", "\u202e@here\u202c", "<\n!channel>", r"\<!channel\>", "<b><!channel></b>",
)  # fmt: skip
LINKS = (
    "https://evil.example/a", "http://evil.example", "HTTPS://EVIL.EXAMPLE/",
    "ftp://evil.example/x", "www.evil.example", "evil.example", "//evil.example/x",
    "[x](https://evil.example)", "[x](<https://evil.example/ b>)",
    '[x](https://evil.example "title")', "[x][r]",
    "\n\n[r]: https://evil.example\n\n", "<https://evil.example|wiki.example.com>",
    "<https://evil.example>", "<a href='https://evil.example'>x</a>", "[[https://evil.example]]",
    "[https://wiki.example.com](https://evil.example)", "[a[b]c](https://evil.example)",
    "https://wiki.example.com@evil.example/", "https://anna:pass@wiki.example.com/",
    "[x](https://wiki.example.com@evil.example)", r"[x](https://wiki.example.com\@evil.example)",
    "[x](https://wiki.example.com.evil.example/)", "[x](http://wiki.example.com/)",
    "[x](https://wiki.example.com:444/)", "[x](https://w\u0456ki.example.com/)",
    "https://xn--wki-7ed.example.com/", "[x](https://wiki\u3002example\u3002com/)",
    "[x](https://wiki.example.com\u200b.evil.example/)", "[x](https://wiki.example.com%2eevil.example)",
    "[x](//evil.example)", "[x](javascript:alert(1))", "[x](JaVaScRiPt&colon;alert(1))",
    "[x](data:text/html,evil)", "[x](mailto:a@evil.example)", "<mailto:a@evil.example|write>",
    "javascript:alert(1)", "<javascript:alert(1)|x>", "<slack://open|x>", "<tel:+1|x>",
    "![i](https://evil.example/p.png)", "![i](https://wiki.example.com/p.png)",
    "[![i](https://evil.example/p.png)](https://evil.example)", "<img src='https://evil.example/p'>",
    "https:\u200b//evil.example", "h\u200bttps://evil.example", "https://evil.example/@here|x>",
    "[x](https://wiki.example.com/a)", "https://wiki.example.com/a?b=c&d=<e>|f",
)  # fmt: skip
CODE = (
    "`<!channel> @here https://evil.example`", "``x ` <@U0ANNA>``", "`", "```",
    "\n```\n<!here> https://evil.example/ @here\n```\n", "\n~~~\n```\n@here\n~~~\n",
    "\n````\n```\n<!channel>\n```\n````\n", "\n> ```\n> @channel\n> ```\n", "\n    <!channel>\n",
    "\n```\nnever closed <!channel>\n",
)  # fmt: skip
TABLES = (
    "\n| a <!here> | [b](https://evil.example) |\n| --- | --- |\n| @channel | `<@U0ANNA>` |\n",
    f"\n| a | b |\n|---|---|\n| {'wide ' * 30}<!channel> | https://evil.example |\n",
)
MARKUP = (
    "**",
    "*",
    "_",
    "~",
    "> ",
    "\n- ",
    "\n# ",
    "\n\n",
    "[1]",
    "[9]",
    "&",
    "<",
    ">",
    "|",
    " word ",
)
LONG = ("a" * 40_000, "<!channel> " * 3_600, "[x](https://evil.example) " * 1_600, "@here" * 8_000)

MAIL = "hr+x@here.example"
"""Looks like a ping and is an address."""

PARTS = st.sampled_from([*PINGS, *LINKS, *CODE, *TABLES, *MARKUP])
TEXTS = st.lists(PARTS | st.text(max_size=6), min_size=1, max_size=12).flatmap(
    lambda parts: st.sampled_from(["", " ", "\n"]).map(lambda gap: gap.join(parts))
)
EXAMPLES = {
    "pings": " ".join(PINGS),
    "links": " and ".join(LINKS),
    "code": " ".join(CODE),
    "tables": "".join(TABLES),
    "all": "\n".join([*PINGS, *LINKS, *TABLES, *CODE]),
}
