"""All settings, from footnote.toml and the environment, as types with defaults.

`config.loading` reads them. Secrets come from the environment, or from files that it names.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    SerializeAsAny,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from footnote_bot.config.agents import AgentSettings
from footnote_bot.config.llm import LlmSettings
from footnote_bot.config.removed import up_to_date
from footnote_bot.config.secret_files import secret_of
from footnote_bot.config.slack import SlackSettings
from footnote_bot.config.wikis import (
    A_CENTURY,
    A_YEAR,
    LANGUAGES,
    HomePath,
    Language,
    OptionalFile,
    Strict,
    WikiSettings,
    of_its_kind,
)

ENV_PREFIX = "FOOTNOTE_"


class IndexSettings(Strict):
    """Settings of ``[index]``."""

    url: str = Field("", repr=False)
    """The address of a Qdrant server; empty: an embedded index in the data folder."""
    prefix: str = Field("", pattern=r"^[A-Za-z0-9_-]{0,60}$")
    """The prefix of its collections there: up to 60 letters, digits, `-` and `_`; each Footnote
    needs its own."""
    ca_file: OptionalFile = ""
    """Certificates of the authority that signed its own, in PEM; empty: those that this machine
    trusts."""
    model: str = ""
    """An embedding model that fastembed knows, such as
    sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2; empty: the bundled
    all-MiniLM-L6-v2, which knows English."""
    language: Language = "auto"
    """The language of stemming and stop words in the search by words; auto detects it for each
    passage."""


class SyncSettings(Strict):
    """Settings of ``[sync]``."""

    every_minutes: float = Field(60, ge=0, le=A_YEAR)
    """Minutes between the syncs of `footnote serve`; 0: never."""
    recent_minutes: float = Field(5, ge=0, le=A_YEAR)
    """Minutes between its checks for a Confluence's latest edits; 0: never."""
    max_removal: float = Field(0.2, gt=0, le=1)
    """The share of a wiki's pages (but at least 20 pages) that one sync may remove."""

    def intervals(self, *, edits: bool) -> tuple[timedelta, timedelta]:
        """Return the times between syncs, and between checks for the latest edits. ``edits``: at
        least one wiki can report these."""
        recent = self.recent_minutes if edits else 0
        return timedelta(minutes=self.every_minutes), timedelta(minutes=recent)


BUNDLED_RERANKER = "ms-marco-MiniLM-L-12-v2"
"""The cross-encoder that comes with Footnote."""


class AnswerSettings(Strict):
    """Settings of ``[answer]``."""

    rerank_seconds: ClassVar[float] = 3.0
    """Seconds that the reranker may take. An answer that would have to wait longer is made without
    it."""

    max_characters: int = Field(900, ge=100, le=3000)
    """Room for a section, in characters. The part that answers is shown whole; the rest of its
    passage as far as there is room."""
    precision: float = Field(0.78, ge=0, lt=1)
    """Target precision, 0 to 1: the share of plain answers that are right. Higher means fewer wrong
    answers, and more often only the nearest sections. 0: always answer."""
    check_seconds: float = Field(2.0, ge=0, le=30)
    """Seconds that a Confluence may take to confirm that cited pages still exist and may still be
    read; 0: it is not asked."""
    unchecked: Literal["say", "refuse"] = "say"
    """What happens to pages that were open to everyone if it does not confirm them in time: `say`
    quotes them and says when the wiki was last read; `refuse` does not quote them. Other pages are
    only linked then."""
    old_after_days: int = Field(0, ge=0, le=A_CENTURY)
    """Days without an edit after which a page is called old; 0: never."""
    reranker: str = BUNDLED_RERANKER
    """The model that reads the best passages beside the question: it puts them in order and chooses
    what is quoted. The bundled English cross-encoder, or another one that fastembed knows by name.
    Empty: none."""


class DemoAnswerSettings(AnswerSettings):
    """Settings of a demo, in which a busy laptop gives the same answers as an idle one."""

    rerank_seconds: ClassVar[float] = 15.0


class TracingSettings(Strict):
    """Settings of ``[tracing]``."""

    url: str = Field("", pattern=r"^(https?://\S+)?$", repr=False)
    """Where `footnote serve` sends traces of its answers: an OpenTelemetry collector's address
    (OTLP over HTTP), such as http://127.0.0.1:4318/v1/traces; empty: nowhere. Needs
    `footnote-bot[otel]`."""


_SQLITE = r"sqlite(\+\w+)?://(/.*)?"
_POSTGRESQL = (
    r"postgresql(\+\w+)?://([^:/]*(:[^@]*)?@)?(\[[^/?]+\]|[^/:?]+)?(:[0-9]{0,5})?(/[^?]*)?(\?.*)?"
)
"""As SQLAlchemy reads it."""


class StateSettings(Strict):
    """Settings of ``[state]``."""

    url: str = Field("", pattern=f"^({_SQLITE}|{_POSTGRESQL})?$", repr=False)
    """The SQLAlchemy URL of a database, such as postgresql+psycopg://user@host/name or
    sqlite:////srv/footnote.db; empty: SQLite in the data folder."""
    retention_days: int = Field(90, ge=1, le=A_CENTURY)
    """Days for which questions, answers and all else about people are kept, also who was shown
    which page (`footnote audit`)."""


class WorkspaceSettings(Strict):
    """Settings of ``[[workspace]]``: the rights of people in a workspace other than the one of
    ``SLACK_BOT_TOKEN``."""

    id: str = Field(pattern=r"^[TE][A-Z0-9]{1,31}$")
    """The workspace's id, such as T0123456789; that of an organization (Enterprise Grid), such as
    E0123456789, means each of its workspaces that is not named itself."""
    wikis: tuple[str, ...] = ()
    """The names of the wikis that it is answered from; empty: none."""
    trusts_addresses: bool = False
    """Whether the e-mail addresses and user groups of its members count as those of people in the
    wikis. Its admins can change addresses, so they can read what anybody may; without it, its
    people read what is open to everyone."""


class Settings(BaseSettings):
    """All settings, section by section."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix=ENV_PREFIX, env_nested_delimiter="__"
    )

    data_dir: HomePath = Path("data")
    """The folder of index and state, relative to this file."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least level that is logged."""
    log_format: Literal["text", "json"] = "text"
    """`text`: a line for people; `json`: an object a line."""
    wiki: tuple[Annotated[SerializeAsAny[WikiSettings], BeforeValidator(of_its_kind)], ...] = ()
    workspace: tuple[WorkspaceSettings, ...] = ()
    index: IndexSettings = IndexSettings()
    sync: SyncSettings = SyncSettings()
    answer: AnswerSettings = AnswerSettings()
    llm: LlmSettings = LlmSettings()
    slack: SlackSettings = SlackSettings()
    agents: AgentSettings = AgentSettings()
    state: StateSettings = StateSettings()
    tracing: TracingSettings = TracingSettings()

    @property
    def linked(self) -> list[str]:
        """Return the addresses and host names that answers may link to."""
        return [*(wiki.read_at for wiki in self.wiki), *self.slack.link_hosts]

    @property
    def review_channels(self) -> frozenset[str]:
        """Return the channels whose members handle flags and may publish answers."""
        return frozenset({self.slack.review_channel, *self.wiki_channels.values()} - {""})

    @property
    def answer_languages(self) -> tuple[str, ...]:
        """Return the languages that answers may be in: those of the wikis, if all are set."""
        languages = {wiki.language or self.index.language for wiki in self.wiki}
        return LANGUAGES if not languages or "auto" in languages else tuple(sorted(languages))

    @property
    def wiki_channels(self) -> dict[str, str]:
        """Return the review channels of wikis that have their own, by the wikis' names."""
        return {wiki.name: wiki.review_channel for wiki in self.wiki if wiki.review_channel}

    def narrowed(self, wikis: Collection[str]) -> Settings:
        """Return the settings of a further workspace: without other wikis, and without the channels
        and admins of the first one, whose ids mean nothing there."""
        theirs = [wiki for wiki in self.wiki if wiki.name in wikis]
        here = tuple(wiki.model_copy(update={"review_channel": ""}) for wiki in theirs)
        without_ids = {"review_channel": "", "digest": False, "admins": ()}
        slack = self.slack.model_copy(update=without_ids)
        return self.model_copy(update={"wiki": here, "slack": slack})

    @model_validator(mode="before")
    @classmethod
    def _of_earlier_versions(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Read settings of earlier versions as those of now."""
        return up_to_date(values)

    @field_validator("data_dir", mode="before")
    @classmethod
    def _is_a_folder(cls, folder: object) -> object:
        """Refuse an empty path, as of an unset variable: it would be the working folder."""
        if folder == "":
            raise ValueError("must not be empty; `.` is this file's folder")
        return folder

    @field_validator("wiki")
    @classmethod
    def _names_differ(cls, wikis: tuple[WikiSettings, ...]) -> tuple[WikiSettings, ...]:
        names = [wiki.name for wiki in wikis]
        for name in sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two wikis are called {name!r}")
        return wikis

    @model_validator(mode="after")
    def _has_its_workspaces(self) -> Settings:
        ids = [workspace.id for workspace in self.workspace]
        for id_ in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
            raise ValueError(f"two workspaces have the id {id_!r}")
        for workspace in self.workspace:
            for name in sorted({*workspace.wikis}.difference(wiki.name for wiki in self.wiki)):
                raise ValueError(
                    f"the workspace {workspace.id} names {name!r}, and no wiki is called so"
                )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment override the file, which is passed as init values."""
        return env_settings, init_settings


class Secrets(BaseModel):
    """Secrets; never printed. Those that are not passed are read from the environment or from files
    (`config.secret_files`).

    Raises:
        SettingsError: a file of a secret cannot be read.
    """

    model_config = ConfigDict(frozen=True)

    slack_bot_token: SecretStr = SecretStr("")
    """`xoxb-…`"""
    slack_app_token: SecretStr = SecretStr("")
    """`xapp-…`, for Socket Mode."""
    slack_signing_secret: SecretStr = SecretStr("")
    """For HTTP mode."""
    slack_client_id: SecretStr = SecretStr("")
    """The app's, to install it in several workspaces."""
    slack_client_secret: SecretStr = SecretStr("")
    """For the same."""
    slack_api_url: str = ""
    """Another address of Slack's Web API, for tests."""
    qdrant_api_key: SecretStr = SecretStr("")
    """For `[index] url`."""
    footnote_git_token: SecretStr = SecretStr("")
    """For `git` over https; see `token_variable`."""
    footnote_metrics_token: SecretStr = SecretStr("")
    """A request with it as a bearer token may read `/metrics`; without it, this machine alone, and
    not through a reverse proxy."""
    footnote_state_password: SecretStr = SecretStr("")
    """The password of `[state] url`, if it has none."""
    footnote_llm_key: SecretStr = SecretStr("")
    """The language model's API key."""
    confluence_token: SecretStr = SecretStr("")
    """Cloud: an API token. Data Center: a personal access token."""
    confluence_webhook_secret: SecretStr = SecretStr("")
    """The secret of Data Center's webhooks, if it sends any."""

    def variable(self, name: str) -> str:
        """Return the secret in a variable that the settings name; empty if it is not set."""
        secret: object = getattr(self, name.lower(), None)
        if isinstance(secret, SecretStr):
            return secret.get_secret_value()
        return secret_of(name)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, passed: dict[str, Any]) -> dict[str, Any]:
        """Add the secrets that are not passed, from the environment or files."""
        read = {name: secret_of(name.upper()) for name in cls.model_fields if name not in passed}
        return {**read, **passed}

    @property
    def nothing_of_slack(self) -> bool:
        """Return whether no secret of Slack is set."""
        kinds = ("bot_token", "app_token", "signing_secret", "client_id", "client_secret")
        return not any(self.variable(f"SLACK_{kind}".upper()) for kind in kinds)

    @property
    def installs(self) -> bool:
        """Return whether the app can be installed in several workspaces."""
        return bool(self.slack_client_id.get_secret_value())

    def slack_problems(self, mode: str, *, several: bool = False) -> list[str]:
        """Return the problems with Slack secrets that are missing or malformed. Slack is not asked.
        ``several``: the settings name further workspaces, so the app must be installable."""
        client = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")
        has_client = [bool(self.variable(name)) for name in client]
        starts: dict[str, str] = {}
        if not all(has_client) or self.variable("SLACK_BOT_TOKEN"):
            starts |= {"SLACK_BOT_TOKEN": "xoxb-"}
        if several or any(has_client):
            starts |= dict.fromkeys(client, "")
        starts |= {"SLACK_APP_TOKEN": "xapp-"} if mode == "socket" else {"SLACK_SIGNING_SECRET": ""}
        problems = []
        for name, start in starts.items():
            value = self.variable(name)
            if not value:
                problems.append(f"{name} is not set")
            elif not value.startswith(start):
                problems.append(f"{name} must start with {start}")
        return problems
