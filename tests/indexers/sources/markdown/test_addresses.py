"""Where the pages of each kind of site are."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.sources.markdown.addresses import place
from footnote_bot.indexers.sources.markdown.front_matter import FrontMatter


@pytest.mark.parametrize(
    ("rule", "key", "matter", "address"),
    [
        ("pretty", "a/b.md", {}, "/a/b/"),
        ("pretty", "a/README.md", {}, "/a/"),
        ("pretty", "index.md", {}, "/"),
        ("pretty", "a/b.md", {"permalink": "x/y/index.html"}, "/x/y/"),
        ("pretty", "a b/ü.md", {}, "/a%20b/%C3%BC/"),
        ("html", "a/b.md", {}, "/a/b.html"),
        ("html", "a/index.md", {}, "/a/"),
        ("html", "a/b.md", {"permalink": "/docs/:title/"}, "/docs/b/"),
        ("html", "_posts/2024-01-02-hi-there.md", {}, "/2024/01/02/hi-there.html"),
        ("middleman", "kubernetes/cheatsheet.html.md", {}, "/kubernetes/cheatsheet.html"),
        ("middleman", "kubernetes/index.html.md", {}, "/kubernetes/"),
        ("middleman", "index.html.md.erb", {}, "/"),
        ("hugo", "sales/_index.md", {}, "/sales/"),
        ("hugo", "Sales/Med Dppicc.md", {}, "/sales/med-dppicc/"),
        ("hugo", "a/b.md", {"slug": "C"}, "/a/c/"),
        ("hugo", "a/bundle/index.md", {}, "/a/bundle/"),
        ("hugo", "a/b.md", {"url": "x/y.html"}, "/x/y.html"),
        ("hugo", "_index.md", {}, "/"),
        ("bare", "01-start/02-install.md", {}, "/start/install"),
        ("bare", "2024-01-02-post.md", {}, "/2024-01-02-post"),
        ("bare", "24-01 Notes.md", {}, "/24-01%20Notes"),
        ("bare", "7.1-notes.md", {}, "/7.1-notes"),
        ("bare", "07-notes.md", {}, "/notes"),
        ("bare", "guides/README.md", {}, "/guides"),
        ("bare", "guides/guides.mdx", {}, "/guides"),
        ("bare", "a/b.md", {"slug": "/top"}, "/top"),
        ("bare", "a/b.md", {"slug": "c"}, "/a/c"),
        ("bare", "a/b.md", {"id": "d"}, "/a/d"),
        ("bare", "README.md", {}, "/"),
        ("bare", "01-guides/guides.md", {}, "/guides/guides"),
        ("bare", "01-guides/01-guides.md", {}, "/guides"),
        ("bare", "01-guides/00-index.md", {}, "/guides/index"),
        ("bare", "01-a/02-b.md", {"parse_number_prefixes": False}, "/01-a/02-b"),
        ("bare-numbered", "01-a/02-b.md", {}, "/01-a/02-b"),
        ("wiki", "Page-Name.md", {}, "/Page-Name"),
        ("wiki", "sub/On Call?.md", {}, "/On-Call%3F"),
        ("gitlab-wiki", "home.md", {}, "/home"),
        ("gitlab-wiki", "sub/On call?.md", {}, "/sub/On-call%3F"),
        ("obsidian", "Ops/My Note.md", {}, "/Ops/My+Note"),
        ("source", "a/b c.md", {}, "/a/b%20c.md"),
        ("source", "100%.md", {}, "/100%25.md"),
    ],
)
def test_a_page_is_at(rule: str, key: str, matter: dict[str, object], address: str) -> None:
    assert place(rule, key, FrontMatter(matter)) == address
