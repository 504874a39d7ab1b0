"""Settings of a wiki: one ``[[wiki]]``, by its type."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, ClassVar, Literal, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from pydantic.config import JsonDict

from footnote_bot.config.flavours import Flavour

Language = Literal[
    "auto", "arabic", "azerbaijani", "basque", "bengali", "catalan", "chinese", "danish",
    "dutch", "english", "finnish", "french", "german", "greek", "hebrew", "hinglish",
    "hungarian", "indonesian", "italian", "japanese", "kazakh", "nepali", "norwegian",
    "portuguese", "romanian", "russian", "slovene", "spanish", "swedish", "tajik", "turkish",
]  # fmt: skip
"""Languages of Qdrant's BM25; auto detects each passage's language."""

Anchors = Literal[
    "auto", "github", "gitlab", "hugo", "mkdocs", "eleventy", "kramdown", "middleman", "obsidian",
    "docutils", "vitepress",
]  # fmt: skip

# Each number has an upper bound, because dates are computed by subtracting it from now.
A_YEAR = 366 * 24 * 60  # minutes
A_CENTURY = 36_525  # days


class Strict(BaseModel):
    """A section of the settings that rejects unknown keys. The string below a setting is its
    meaning, for docs/settings.md and the example file, too."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _with_home(path: Path) -> Path:
    """Return the path with a person's home in place of a ``~`` at its beginning."""
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError(f"nobody's home is {path.parts[0]} here: {path}") from None


HomePath = Annotated[Path, AfterValidator(_with_home)]
OptionalPath = Annotated[
    HomePath | None, BeforeValidator(lambda value: None if value == "" else value)
]
"""A path; None if it is empty, because an empty path would be the settings file's folder."""
OptionalFile = Annotated[str, AfterValidator(lambda file: file and str(_with_home(Path(file))))]
"""The same as words; empty if there is none."""
ALTERNATIVE: JsonDict = {"alternative": True}
"""Marks a setting that the example file only shows in a comment."""


class WikiSettings(Strict):
    """Settings that every kind of wiki has. `WIKI_KINDS` has a class for each kind."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    """Its name: small letters, digits, `-` and `_`."""
    language: Literal[Language, ""] = ""
    """As `language` of `[index]`, for this wiki alone; empty: as there."""
    review_channel: str = Field("", pattern=r"^([CG][A-Z0-9]+)?$")
    """The id of the channel for flags on its pages, such as C0123456789; empty: the one of
    `[slack]`."""
    type: str
    """Which kind of wiki it is."""
    sends_webhooks: ClassVar[bool] = False

    @property
    def paths(self) -> dict[str, Path]:
        """Return the settings that are paths, relative to the settings file's folder."""
        return {name: value for name, value in self if isinstance(value, Path)}

    @property
    def read_at(self) -> str:
        """Return the address below which people read its pages; empty if it is not set."""
        return ""

    @property
    def edited_at(self) -> str:
        """Return the address below which its pages are edited, if it differs from `read_at`."""
        return ""


class MarkdownSettings(WikiSettings):
    """A folder or a git repository of Markdown."""

    type: Literal["markdown"]
    """The kind of wiki."""
    path: OptionalPath = Field(None, examples=["../handbook/content"])
    """Its folder, relative to the settings file. With `git`: a folder within the repository."""
    git: str = Field(
        "",
        repr=False,
        examples=["https://git.example.com/team/handbook.git"],
        json_schema_extra=ALTERNATIVE,
    )
    """The git address it is cloned from, instead of a folder."""
    branch: str = ""
    """The git branch; empty: the repository's default."""
    token_variable: str = Field("FOOTNOTE_GIT_TOKEN", pattern=r"^[A-Z][A-Z0-9_]*$")
    """The environment variable with the token for `git` over https: capital letters, digits and
    `_`. Give each host its own: a token is sent to the host in `git` and to no other."""
    git_dates: bool = True
    """Whether a page without a date in its front matter gets the date of its last commit. Cloning
    then fetches the history too, without earlier texts."""
    site_url: str = Field("", examples=["https://handbook.example.com"])
    """Where people read it; source links start with it. Empty: the repository."""
    flavour: Flavour = "auto"
    """The dialect its pages are written in; auto detects it."""
    addresses: Literal["auto", "pretty", "html", "bare", "source"] = "auto"
    """How a page's address is made from its file `a.md`: `pretty` (`a/`), `html` (`a.html`), `bare`
    (`a`) or `source` (`a.md`); auto: as the flavour does."""
    anchors: Anchors = "auto"
    """How a heading becomes an anchor; auto: as the flavour does."""
    include: tuple[str, ...] = ()
    """Read only pages that match one of these patterns (as in .gitignore)."""
    exclude: tuple[str, ...] = ()
    """Leave out pages that match one of these."""
    readers: tuple[str, ...] = Field(("everyone",), min_length=1)
    """Who may read it: "everyone", a Slack user group "@engineering", an address, all of a domain
    "*@example.com"."""

    @field_validator("site_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        return _address(value)

    @field_validator("readers")
    @classmethod
    def _are_readers(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if value != "everyone" and "@" not in value:
                raise ValueError(
                    f'{value!r} is neither "everyone", "@group", an e-mail address nor "*@" and '
                    "a domain"
                )
        return values

    @model_validator(mode="after")
    def _has_a_place(self) -> MarkdownSettings:
        if not self.path and not self.git:
            raise ValueError("needs `path` or `git`")
        return self

    @property
    def paths(self) -> dict[str, Path]:
        return {} if self.git else super().paths

    @property
    def read_at(self) -> str:
        return self.site_url or self.git

    @property
    def edited_at(self) -> str:
        return self.git


_OWNER = re.compile(r"property [A-Za-z0-9_-]+|label [a-z0-9_-]+|editor")


class ConfluenceSettings(WikiSettings):
    """A Confluence, Cloud or Data Center."""

    sends_webhooks: ClassVar[bool] = True

    type: Literal["confluence"]
    """The kind of wiki."""
    url: str = Field(examples=["https://example.atlassian.net/wiki"])
    """Where people read it; for Data Center with its context path."""
    product: Literal["auto", "cloud", "data_center"] = "auto"
    """Which product it is; auto tells by the address."""
    email: str = Field("", examples=["bot@example.com"])
    """Cloud: the e-mail address of the token's account. Data Center: leave it out."""
    cloud_id: str = Field("", pattern=r"^[A-Za-z0-9-]*$")
    """Cloud, for a scoped token: the site's id (letters, digits and `-`); `footnote doctor` prints
    it."""
    token_variable: str = Field("CONFLUENCE_TOKEN", pattern=r"^[A-Z][A-Z0-9_]*$")
    """The environment variable with the token: capital letters, digits and `_`."""
    spaces: tuple[str, ...] = ()
    """Keys of the spaces to read; empty: all but personal and archived ones."""
    personal_spaces: bool = False
    """Whether to read personal spaces where `spaces` is empty."""
    archived_spaces: bool = False
    """Whether to read archived spaces where `spaces` is empty."""
    page_trees: tuple[str, ...] = ()
    """Ids of pages: read only these and the pages below them."""
    labels: tuple[str, ...] = ()
    """Read only pages with one of these labels."""
    exclude_labels: tuple[str, ...] = ()
    """Leave out pages with one of these."""
    cql: str = ""
    """Read only pages that this search (CQL) finds."""
    blog_posts: bool = True
    """Whether to read blog posts."""
    comments: bool = False
    """Whether to read comments."""
    attachments: bool = False
    """Whether to read attached files; needs `pip install 'footnote-bot[attachments]'`."""
    max_attachment_bytes: int = Field(10_000_000, gt=0, le=10**9)
    """Bytes; larger attachments are skipped, and the report says so."""
    owners: tuple[str, ...] = ("property owner", "label owner-", "editor")
    """What names a page's owner, one of each at most: first the content property, an address or an
    account as in `accounts`; then a label that begins so and goes on with an account, or an address
    with `-` for each sign that labels cannot hold; then the last editor."""
    accounts: dict[str, str] = Field(default_factory=dict)
    """Account ids (Cloud), user keys or names (Data Center) by e-mail address, for people whose
    address differs from Slack's or is hidden."""
    members_minutes: float = Field(1, ge=0, le=24 * 60)
    """Minutes for which a person's account and groups are cached: so long somebody who left a
    group, or was deactivated, gets answers as before. 0: asked for each question."""
    timeout_seconds: int = Field(30, gt=0, le=600)
    """Seconds that a request may take."""
    concurrency: int = Field(6, ge=1, le=32)
    """How many requests are made at once."""
    proxy: str = Field("", repr=False)
    """The address of a proxy; empty: none."""
    ca_bundle: OptionalPath = Field(
        None, examples=["company-ca.pem"], json_schema_extra=ALTERNATIVE
    )
    """A file of certificate authorities, where yours is not public."""

    @field_validator("url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        return _address(value)

    @field_validator("owners")
    @classmethod
    def _are_owners(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not _OWNER.fullmatch(value):
                raise ValueError(
                    f"{value!r} is neither `property NAME` (letters, digits, `-`, `_`), `label "
                    "START` (small letters, digits, `-`, `_`) nor `editor`"
                )
        if len({value.partition(" ")[0] for value in values}) < len(values):
            raise ValueError("may name one property, one label and the editor, once each")
        return values

    @field_validator("accounts")
    @classmethod
    def _by_address(cls, accounts: dict[str, str]) -> dict[str, str]:
        for email in accounts:
            if "@" not in email.strip("@"):
                raise ValueError(f"{email!r} is not an e-mail address")
        return {email.casefold(): account for email, account in accounts.items()}

    @property
    def read_at(self) -> str:
        return self.url


WIKI_KINDS: dict[str, type[WikiSettings]] = {
    "markdown": MarkdownSettings,
    "confluence": ConfluenceSettings,
}
"""Settings by ``type``. `indexers.sources.SOURCES` has the reader of each kind."""


class _Kind(BaseModel):
    """The type of a wiki, checked before its other settings."""

    type: str

    @field_validator("type", mode="before")
    @classmethod
    def _is_known(cls, value: object) -> object:
        if value not in list(WIKI_KINDS):
            close = get_close_matches(str(value), WIKI_KINDS, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise ValueError(f"must be {' or '.join(map(repr, WIKI_KINDS))}{hint}")
        return value


def of_its_kind(value: object) -> object:
    """Return the checked settings of a ``[[wiki]]``, in the class for its type."""
    if isinstance(value, WikiSettings):
        return value
    return WIKI_KINDS[_Kind.model_validate(value).type].model_validate(value)


LANGUAGES: tuple[str, ...] = tuple(
    name for name in get_args(Language) if name not in ("auto", "hinglish")
)
"""Languages for people to choose: no mixture of two."""


def _address(value: str) -> str:
    """Return a valid web address without a slash at its end; an empty one stays."""
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("must start with https:// or http://")
    try:
        names_host = not value or bool(urlsplit(value).hostname and urlsplit(value).port != 0)
    except ValueError:  # invalid brackets or port
        names_host = False
    if not names_host or not value.isprintable() or " " in value:
        raise ValueError("must be an address with a host, as in https://wiki.example.com")
    return value.rstrip("/")
