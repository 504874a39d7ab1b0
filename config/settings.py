"""What an operator sets: footnote.toml and the environment, as types with defaults.

`config.loading` reads them. Secrets come from the environment alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

ENV_PREFIX = "FOOTNOTE_"


class SettingsError(Exception):
    """Every problem at once, a line each, in words for the operator."""

    def __init__(self, problems: list[str], where: str = "") -> None:
        self.problems = problems
        head = f"{where}: " if where else ""
        super().__init__(
            f"{head}{problems[0]}"
            if len(problems) == 1
            else "\n".join([f"{head}{len(problems)} problems:", *(f"  - {p}" for p in problems)])
        )


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WikiSettings(_Strict):
    """One ``[[wiki]]``."""

    type: Literal["markdown"] = Field(description="What kind of wiki: `markdown`.")
    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$",
        description="What you call it: small letters, digits, `-` and `_`.",
    )
    path: Path | None = Field(
        None,
        description="The folder it lies in, from this file's folder. With `git`: a folder "
        "within the repository.",
    )
    git: str = Field("", repr=False, description="Or the git address it is cloned from.")
    branch: str = Field("", description="The git branch; empty is the repository's own choice.")
    site_url: str = Field(
        "", description="Where people read it; source links start with this. Empty: the repository."
    )
    flavour: Literal[
        "auto",
        "github",
        "gitlab",
        "mkdocs",
        "docusaurus",
        "hugo",
        "jekyll",
        "eleventy",
        "middleman",
        "obsidian",
        "gitbook",
        "github-wiki",
    ] = Field("auto", description="Which dialect its pages are written in.")
    addresses: Literal["auto", "pretty", "html", "bare", "source"] = Field(
        "auto",
        description="How a page's address follows from its file: `pretty` (`a/`), `html`, `bare` "
        "(`a`) or `source` (`a.md`); auto is the flavour's rule.",
    )
    anchors: Literal[
        "auto",
        "github",
        "gitlab",
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
        description='Who may read it: "everyone", a Slack user group "@engineering", an address.',
    )
    max_page_bytes: int = Field(2_000_000, gt=0, description="Larger pages are skipped.")

    @field_validator("site_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("must start with https:// or http://")
        return value.rstrip("/")

    @field_validator("readers")
    @classmethod
    def _are_readers(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if value != "everyone" and "@" not in value:
                raise ValueError(f'{value!r} is neither "everyone", "@group" nor an e-mail address')
        return values

    @model_validator(mode="after")
    def _has_a_place(self) -> WikiSettings:
        if not self.path and not self.git:
            raise ValueError("needs `path` or `git`")
        return self


Language = Literal[
    "arabic", "azerbaijani", "basque", "bengali", "catalan", "chinese", "danish",
    "dutch", "english", "finnish", "french", "german", "greek", "hebrew",
    "hinglish", "hungarian", "indonesian", "italian", "japanese", "kazakh", "nepali",
    "norwegian", "portuguese", "romanian", "russian", "slovene", "spanish", "swedish",
    "tajik", "turkish",
]  # fmt: skip
"""Those that Qdrant's search by words knows."""


class IndexSettings(_Strict):
    """``[index]``"""

    url: str = Field(
        "", repr=False, description="A Qdrant server; empty is embedded in the data folder."
    )
    model: str = Field(
        "", description="A fastembed model by name; empty is the bundled all-MiniLM-L6-v2."
    )
    passage_tokens: int = Field(200, ge=32, le=2000, description="The size of a passage.")
    language: Language = Field(
        "english", description="Stemming and stop words for the search by words."
    )


class SyncSettings(_Strict):
    """``[sync]``"""

    every_minutes: float = Field(
        60, ge=0, description="How often `footnote serve` syncs by itself; 0 is never."
    )
    max_removal: float = Field(
        0.2,
        gt=0,
        le=1,
        description="The share of a wiki's pages (and at least 20) that one sync may remove.",
    )


class AnswerSettings(_Strict):
    """``[answer]``"""

    max_characters: int = Field(
        700, ge=100, le=3000, description="How long a quoted answer may be."
    )
    min_confidence: float = Field(
        0.3, ge=0, le=1, description="Below this the bot says that it found nothing."
    )


class SlackSettings(_Strict):
    """``[slack]``"""

    mode: Literal["socket", "http"] = Field("socket", description="Socket Mode, or HTTP events.")
    port: int = Field(3000, ge=0, le=65535, description="Where HTTP mode listens.")
    review_channel: str = Field(
        "", pattern=r"^([CG][A-Z0-9]+)?$", description="The channel id that flags go to."
    )
    admins: tuple[str, ...] = Field(
        (), description="User ids that may run `/wiki reindex`, beside the workspace's admins."
    )
    guests: bool = Field(
        default=False, description="Whether guests get answers from what is open to everyone."
    )
    shared_channels: bool = Field(
        default=False,
        description="Whether the bot answers in channels shared with other companies.",
    )
    link_hosts: tuple[str, ...] = Field(
        (), description="More host names that answers may link to, beside the wikis' own."
    )
    workers: int = Field(4, ge=1, le=64, description="How many questions are answered at once.")


class StateSettings(_Strict):
    """``[state]``"""

    url: str = Field(
        "",
        repr=False,
        description="A database by SQLAlchemy URL; empty is SQLite in the data folder.",
    )
    retention_days: int = Field(90, ge=1, description="How long questions and answers are kept.")


class Settings(BaseSettings):
    """All of it."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix=ENV_PREFIX, env_nested_delimiter="__"
    )

    data_dir: Path = Field(Path("data"), description="Where index and state live.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="How much is logged."
    )
    wiki: tuple[WikiSettings, ...] = ()
    index: IndexSettings = IndexSettings()
    sync: SyncSettings = SyncSettings()
    answer: AnswerSettings = AnswerSettings()
    slack: SlackSettings = SlackSettings()
    state: StateSettings = StateSettings()

    @field_validator("wiki")
    @classmethod
    def _names_differ(cls, wikis: tuple[WikiSettings, ...]) -> tuple[WikiSettings, ...]:
        names = [wiki.name for wiki in wikis]
        for name in sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two wikis are called {name!r}")
        return wikis

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment stands above the file, which is handed in as init values."""
        return env_settings, init_settings


class Secrets(BaseSettings):
    """From the environment alone; never printed."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    slack_bot_token: SecretStr = Field(SecretStr(""), description="`xoxb-…`")
    slack_app_token: SecretStr = Field(SecretStr(""), description="`xapp-…`, for Socket Mode.")
    slack_signing_secret: SecretStr = Field(SecretStr(""), description="For HTTP mode.")
    slack_api_url: str = Field("", description="Another address of Slack's Web API.")
    qdrant_api_key: SecretStr = Field(SecretStr(""), description="For `[index] url`.")
    footnote_git_token: SecretStr = Field(SecretStr(""), description="For `git` over https.")

    def slack_problems(self, mode: str) -> list[str]:
        """What is missing or in the wrong place, before Slack is asked."""
        wanted = [("SLACK_BOT_TOKEN", self.slack_bot_token, "xoxb-")]
        if mode == "socket":
            wanted.append(("SLACK_APP_TOKEN", self.slack_app_token, "xapp-"))
        else:
            wanted.append(("SLACK_SIGNING_SECRET", self.slack_signing_secret, ""))
        return [
            f"{name} is not set"
            if not secret.get_secret_value()
            else f"{name} must start with {start}"
            for name, secret, start in wanted
            if not secret.get_secret_value() or not secret.get_secret_value().startswith(start)
        ]


FLAVOURS: tuple[str, ...] = get_args(WikiSettings.model_fields["flavour"].annotation)
