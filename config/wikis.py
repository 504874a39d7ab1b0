"""Settings of a wiki: one ``[[wiki]]``, by its type."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal, get_args
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from config.flavours import Flavour

Language = Literal[
    "auto", "arabic", "azerbaijani", "basque", "bengali", "catalan", "chinese", "danish",
    "dutch", "english", "finnish", "french", "german", "greek", "hebrew", "hinglish",
    "hungarian", "indonesian", "italian", "japanese", "kazakh", "nepali", "norwegian",
    "portuguese", "romanian", "russian", "slovene", "spanish", "swedish", "tajik", "turkish",
]  # fmt: skip
"""Languages of Qdrant's BM25; auto detects each passage's language."""

# Every number has an upper bound, because a date is computed by subtracting it from now.
A_YEAR = 366 * 24 * 60  # minutes
A_CENTURY = 36_525  # days


class Strict(BaseModel):
    """A section of the settings that rejects unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WikiSettings(Strict):
    """Settings that every kind of wiki has. `WIKI_KINDS` has a class for each kind."""

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$",
        description="What you call it: small letters, digits, `-` and `_`.",
    )
    language: Language | Literal[""] = Field(
        "", description="As of `[index]`, for this wiki alone; empty is that one."
    )
    review_channel: str = Field(
        "",
        pattern=r"^([CG][A-Z0-9]+)?$",
        description="The channel id that flags on its pages go to; empty is that of `[slack]`.",
    )
    type: str = Field(description="Which kind of wiki it is.")
    sends_webhooks: ClassVar[bool] = False

    @property
    def paths(self) -> dict[str, Path]:
        """The settings that are paths, which count from the settings file's folder."""
        return {name: value for name, value in self if isinstance(value, Path)}

    @property
    def read_at(self) -> str:
        """The address below which people read its pages; empty if the settings do not tell."""
        return ""

    @property
    def edited_at(self) -> str:
        """The address below which its pages are edited, if that is another one."""
        return ""


class MarkdownSettings(WikiSettings):
    """A folder or a git repository of Markdown."""

    type: Literal["markdown"] = Field(description="`markdown`")
    path: Path | None = Field(
        None,
        description="The folder it lies in, from this file's folder. With `git`: a folder "
        "within the repository.",
    )
    git: str = Field("", repr=False, description="Or the git address it is cloned from.")
    branch: str = Field("", description="The git branch; empty is the repository's own choice.")
    token_variable: str = Field(
        "FOOTNOTE_GIT_TOKEN",
        pattern=r"^[A-Z][A-Z0-9_]*$",
        description="The variable that holds the token for `git` over https. Give each host its "
        "own: a token goes to the host in `git` and to no other.",
    )
    git_dates: bool = Field(
        default=True,
        description="Whether a page without a date in its front matter has that of its last "
        "commit. `git` then fetches the history too, without earlier texts.",
    )
    site_url: str = Field(
        "", description="Where people read it; source links start with this. Empty: the repository."
    )
    flavour: Flavour = Field("auto", description="Which dialect its pages are written in.")
    addresses: Literal["auto", "pretty", "html", "bare", "source"] = Field(
        "auto",
        description="How a page's address follows from its file: `pretty` (`a/`), `html`, `bare` "
        "(`a`) or `source` (`a.md`); auto is the flavour's rule.",
    )
    anchors: Literal[
        "auto",
        "github",
        "gitlab",
        "hugo",
        "mkdocs",
        "eleventy",
        "kramdown",
        "middleman",
        "obsidian",
    ] = Field("auto", description="How a heading becomes an anchor; auto is the flavour's rule.")
    include: tuple[str, ...] = Field(
        (), description="Read only pages that match one of these patterns (as in .gitignore)."
    )
    exclude: tuple[str, ...] = Field((), description="Leave out pages that match one of these.")
    readers: tuple[str, ...] = Field(
        ("everyone",),
        min_length=1,
        description='Who may read it: "everyone", a Slack user group "@engineering", an address, '
        'all of a domain "*@example.com".',
    )
    max_page_bytes: int = Field(2_000_000, gt=0, le=10**9, description="Larger pages are not read.")

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


class ConfluenceSettings(WikiSettings):
    """A Confluence, Cloud or Data Center."""

    sends_webhooks: ClassVar[bool] = True

    type: Literal["confluence"] = Field(description="`confluence`")
    url: str = Field(description="Where people read it, as in https://example.atlassian.net/wiki.")
    product: Literal["auto", "cloud", "data_center"] = Field(
        "auto", description="Which of the two; auto tells by the address."
    )
    email: str = Field("", description="Cloud: the address of the account that the token is of.")
    cloud_id: str = Field(
        "",
        pattern=r"^[A-Za-z0-9-]*$",
        description="Cloud, for a scoped token: the site's id; `footnote doctor` prints it.",
    )
    token_variable: str = Field(
        "CONFLUENCE_TOKEN",
        pattern=r"^[A-Z][A-Z0-9_]*$",
        description="The variable that holds the token, where several wikis have their own.",
    )
    spaces: tuple[str, ...] = Field((), description="Keys of the spaces to read; empty is all.")
    personal_spaces: bool = Field(default=False, description="Whether `all` has personal ones.")
    archived_spaces: bool = Field(default=False, description="Whether `all` has archived ones.")
    page_trees: tuple[str, ...] = Field(
        (), description="Ids of pages: read only these and what is below them."
    )
    labels: tuple[str, ...] = Field((), description="Read only pages with one of these labels.")
    exclude_labels: tuple[str, ...] = Field((), description="Leave out pages with one of these.")
    cql: str = Field("", description="Read only pages that this search in Confluence finds.")
    blog_posts: bool = Field(default=True, description="Whether to read blog posts.")
    comments: bool = Field(default=False, description="Whether to read comments.")
    attachments: bool = Field(
        default=False,
        description="Whether to read attached files; needs `pip install "
        "'footnote-bot[attachments]'`.",
    )
    max_attachment_bytes: int = Field(
        10_000_000, gt=0, le=10**9, description="Larger attachments are skipped."
    )
    owner_property: str = Field(
        "owner",
        pattern=r"^[A-Za-z0-9_-]*$",
        description="The content property that names a page's owner: an address, or an account "
        "as in `accounts`; empty is none.",
    )
    owner_label: str = Field(
        "owner-",
        pattern=r"^[a-z0-9_-]*$",
        description="What a label that names the owner begins with; behind it stands an account, "
        "or an address with `-` for what labels cannot hold; empty is none.",
    )
    owner_editor: bool = Field(
        default=True,
        description="Whether a page that names no owner is whoever's edited it last.",
    )
    accounts: dict[str, str] = Field(
        default_factory=dict,
        description="Account ids (Cloud), user keys or names (Data Center) by e-mail address, for "
        "people whose address differs from Slack's or is hidden.",
    )
    members_minutes: float = Field(
        10,
        ge=0,
        le=24 * 60,
        description="How long it is believed who somebody is and in which groups.",
    )
    timeout_seconds: int = Field(30, gt=0, le=600, description="How long a request may take.")
    concurrency: int = Field(6, ge=1, le=32, description="Requests at once.")
    proxy: str = Field("", repr=False, description="A proxy's address.")
    ca_bundle: Path | None = Field(
        None, description="A file of certificate authorities, where yours is not a public one."
    )

    @field_validator("url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        return _address(value)

    @field_validator("accounts")
    @classmethod
    def _are_addresses(cls, values: dict[str, str]) -> dict[str, str]:
        for value in values:
            if "@" not in value.strip("@"):
                raise ValueError(f"{value!r} is not an e-mail address")
        return {email.casefold(): account for email, account in values.items()}

    @property
    def read_at(self) -> str:
        return self.url


WIKI_KINDS: dict[str, type[WikiSettings]] = {
    "markdown": MarkdownSettings,
    "confluence": ConfluenceSettings,
}
"""Settings by ``type``. `indexers.sources.SOURCES` has what reads each kind."""


class _Kind(BaseModel):
    type: str

    @field_validator("type", mode="before")
    @classmethod
    def _is_known(cls, value: object) -> object:
        if value not in list(WIKI_KINDS):
            raise ValueError(f"must be {' or '.join(map(repr, WIKI_KINDS))}")
        return value


def of_its_kind(value: object) -> object:
    """Return the settings that a ``[[wiki]]`` means by its type, checked."""
    if isinstance(value, WikiSettings):
        return value
    return WIKI_KINDS[_Kind.model_validate(value).type].model_validate(value)


LANGUAGES: tuple[str, ...] = tuple(name for name in get_args(Language) if name != "auto")


def _address(value: str) -> str:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("must start with https:// or http://")
    try:
        names_host = not value or bool(urlsplit(value).hostname and urlsplit(value).port != 0)
    except ValueError:  # invalid brackets or port
        names_host = False
    if not names_host or not value.isprintable() or " " in value:
        raise ValueError("must be an address with a host, as in https://wiki.example.com")
    return value.rstrip("/")
