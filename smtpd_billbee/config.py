"""Every setting, with its default and its sentence.  config.example.toml is written from here.

Settings come from a TOML file and from the environment, which wins: SMTPD_BILLBEE_RELAY__HOST is `host` in `[relay]`.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from smtpd_billbee import environment
from smtpd_billbee.errors import ConfigError, Refused
from smtpd_billbee.values import (
    Database,
    Domain,
    DomainOrNone,
    Email,
    EmailOrNone,
    Hostname,
    Listen,
    Name,
    Nameserver,
    Network,
    PublicUrl,
    Seconds,
    TlsMode,
    Whole,
    Wrap,
    check_each_once,
    first_twice,
)

M = TypeVar("M", bound=BaseModel)

CONFIG_VARIABLE = "SMTPD_BILLBEE_CONFIG"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class SmtpSettings(_Section):
    """The door: where mails come in."""

    listen: Annotated[list[Listen], AfterValidator(check_each_once)] = Field(
        ["127.0.0.1:2525"], description="Addresses to listen on; a systemd socket wins."
    )
    proxy_listen: Annotated[list[Listen], AfterValidator(check_each_once)] = Field(
        [], description="Addresses for proxies that send the PROXY header (version 1 or 2); no others are heard there."
    )
    proxy_peers: list[Network] = Field(
        ["127.0.0.1", "::1"], description="Addresses and networks of these proxies; others are closed at once."
    )
    domains: list[Domain] = Field(
        ["inbound.example"], min_length=1, description="Domains whose import addresses are served here."
    )
    hostname: Hostname = Field("", description="Our name in greetings and Received lines; empty: the first domain.")
    max_size: Whole = Field(35 * 1024 * 1024, ge=1024, description="Largest mail in bytes.")
    tls_certificate: str = Field("", description="PEM file with the certificate chain; empty: no STARTTLS.")
    tls_key: str = Field("", description="PEM file with the certificate's private key.")
    operator: EmailOrNone = Field(
        "", description="Address that gets the mails to postmaster@ and abuse@; empty: they are kept, not copied."
    )
    max_connections: Whole = Field(1000, ge=1, description="Most connections at once; the next one gets 421.")
    max_connections_per_peer: Whole = Field(
        100, ge=1, description="Most connections at once from one IPv4 address or one IPv6 /64."
    )
    commit_patience: Seconds = Field(
        20.0, gt=0, le=300,
        description="Seconds that a mail waits for the database; then it goes to the emergency spool, and is accepted.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _certificate_and_key(self) -> "SmtpSettings":
        if bool(self.tls_certificate) != bool(self.tls_key):
            raise ValueError("tls_certificate and tls_key belong together: set both, or none of them")
        return self


class RelaySettings(_Section):
    """The smarthost that takes the copies for the owners; or none, and they go to the owners' mail servers."""

    mode: Literal["smarthost", "direct"] = Field(
        "smarthost",
        description="Where mails go: to the smarthost below, or direct, to the mail servers of their domains.",
    )
    host: str = Field("127.0.0.1", min_length=1, description="The smarthost's name or address.")
    port: Whole = Field(25, ge=1, le=65535, description="The smarthost's port: 25, 587 with starttls, 465 with tls.")
    tls: TlsMode = Field("none", description="Encryption: none, starttls or tls (from the first byte).")
    username: str = Field("", description="Log-in at the smarthost; empty: none.")
    password: str = Field("", description="Password for it; better set as SMTPD_BILLBEE_RELAY__PASSWORD.")
    sender_domain: DomainOrNone = Field(
        "", description="Domain of the copies' envelope sender, so that bounces come to us; empty: the first domain."
    )
    ca_file: str = Field("", description="PEM file of authorities to trust for the smarthost; empty: the system's.")

    private_addresses: bool = Field(
        False, description="Direct only: mail servers may have addresses that the internet does not reach."
    )
    wrap: Wrap = Field(
        "unsigned",
        description="Which copies go as attachments of a mail of ours: unsigned (no valid DKIM of the author), never, "
        "always.",
    )
    wait_for_reading: Seconds = Field(
        10.0,
        ge=0,
        description="Most seconds that a copy waits until its mail is read: an order that waits is told of in it.",
    )

    @model_validator(mode="after")
    def _username_and_password(self) -> "RelaySettings":
        if self.username and not self.password:
            raise ValueError("username and password belong together: set the password, too")
        return self


class ReaderSettings(_Section):
    """The reader runs in child processes that can be killed."""

    processes: Whole = Field(
        0,
        ge=0,
        le=64,
        description="Most child processes that read mails, while there is much to do; 0: one for each core.",
    )
    time_limit: Seconds = Field(
        10.0, gt=0, description="Seconds for one mail; then it is unreadable, kept and relayed."
    )
    memory_limit: Whole = Field(
        1024 * 1024 * 1024, ge=256 * 1024 * 1024, description="Address space in bytes that a child may use."
    )


class DnsSettings(_Section):
    """DNS: with it the origin of mails is proved."""

    nameservers: list[Nameserver] = Field(
        [], description="Addresses of name servers, with :port if it is not 53; empty: the system's."
    )
    timeout: Seconds = Field(10.0, gt=0, le=60, description="Seconds for all questions about one mail.")


class WebSettings(_Section):
    """The window."""

    listen: Listen = Field("127.0.0.1:8080", description="Address of the pages; put a TLS proxy in front of it.")
    public_url: PublicUrl = Field(
        "", description="How browsers reach it, like https://orders.example; empty: http:// and the address above."
    )
    trusted_proxies: list[str] = Field(
        ["127.0.0.1", "::1"], description="Proxies whose word on a visitor's address and on TLS is believed."
    )


class TrustSettings(_Section):
    """Whose mails become orders without a person."""

    domains: list[Domain] = Field(
        ["jimdo.com", "jimdo.de", "jimdofree.com"],
        description="Domains whose signed order mails are believed, and those below them.",
    )
    sealers: list[Domain] = Field(
        ["google.com", "microsoft.com", "outlook.com"],
        description="Forwarders whose word on what they have checked (ARC) is believed.",
    )


def _check_days(days: int) -> int:
    if 0 < days < 7:
        raise ValueError("must be 0 (for ever) or at least 7: a copy is tried for five days, and may come back later")
    return days


class KeepSettings(_Section):
    """How long what is kept; orders are for ever."""

    mail_days: Annotated[Whole, AfterValidator(_check_days)] = Field(
        0, ge=0, le=36500,
        description="Days until a mail's text is removed, if it needs nobody and its copy has arrived; 0: never.",
    )  # fmt: skip


class ShopSettings(_Section):
    """A declared shop: made or updated at every start."""

    id: Whole = Field(ge=1, le=2**53, description="The internal number: the digits of the import address.")
    name: Name = Field(min_length=1, description="The shop's name, as lists show it.")
    paypal_as_paid: bool = Field(False, description="Orders paid by PayPal are imported as paid.")
    set_payment_date: bool = Field(False, description="The day of import becomes the payment date.")
    relay_orders: bool = Field(True, description="Order mails are copied to the account's address.")
    relay_others: bool = Field(True, description="All other mails are, too; Jimdo's activation mail is one of them.")
    minimum_age: Whole = Field(0, ge=0, le=60 * 24 * 30, description="Minutes an order waits before it is imported.")
    vat_mode: Whole = Field(
        0, ge=0, le=4,
        description="VAT of its files: 0 included, 1 small business, 2 within the EU, 3 export, 4 margin scheme.",
    )  # fmt: skip
    trust: Literal["proved", "marked", "everybody"] = Field(
        "proved",
        description="Orders of unproved origin: proved (wait for you), marked (to check), everybody (closed nets).",
    )
    only_with_secret: bool = Field(
        False, description="Only the import address with the shop's secret makes orders; see `shop secret`."
    )


class AccountSettings(_Section):
    """A declared account: made or updated at every start."""

    email: Email = Field(description="The registered address: it gets the copies.")
    name: Name = Field("", description="The owner's name.")
    language: Literal["de", "en"] = Field("de", description="Language of the window and of notices.")
    second_email: EmailOrNone = Field(
        "", description="Another address, which is told when the first one refuses copies; empty: none."
    )
    shops: list[ShopSettings] = Field([], description="The account's shops.")

    @model_validator(mode="after")
    def _two_addresses(self) -> "AccountSettings":
        if self.second_email.lower() == self.email.lower():
            raise ValueError("second_email must be another address than email")
        return self


_SECTIONS: dict[str, type[_Section]] = {
    "smtp": SmtpSettings, "relay": RelaySettings, "reader": ReaderSettings, "dns": DnsSettings, "web": WebSettings,
    "trust": TrustSettings, "keep": KeepSettings,
}  # fmt: skip


class Config(BaseSettings):
    """All settings."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        validate_default=True,
        env_prefix=environment.PREFIX,
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
    )

    state_dir: str = Field("var", description="Folder for the SQLite file, keys and locks.")
    database: Database = Field("", description="Empty: SQLite in state_dir; or postgresql://user@host/name.")
    smtp: SmtpSettings = SmtpSettings()
    relay: RelaySettings = RelaySettings()
    reader: ReaderSettings = ReaderSettings()
    dns: DnsSettings = DnsSettings()
    web: WebSettings = WebSettings()
    trust: TrustSettings = TrustSettings()
    keep: KeepSettings = KeepSettings()
    accounts: list[AccountSettings] = Field([], description="Accounts and their shops.")

    @model_validator(mode="after")
    def _nothing_twice(self) -> "Config":
        if email := first_twice(account.email.lower() for account in self.accounts):
            raise ValueError(f"accounts: the email {email} is used for more than one account")
        if number := first_twice(shop.id for account in self.accounts for shop in account.shops):
            raise ValueError(f"accounts.shops: the id {number} is used for more than one shop")
        return self

    @property
    def hostname(self) -> str:
        """Our name towards other servers."""
        return self.smtp.hostname or self.smtp.domains[0]

    @property
    def sender_domain(self) -> str:
        """The domain of our own envelope senders."""
        return self.relay.sender_domain or self.smtp.domains[0]

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over what is handed in, which is the TOML file."""
        return env_settings, init_settings


def load(file: Path | None) -> Config:
    """The settings of `file` (None: $SMTPD_BILLBEE_CONFIG, or defaults) and the environment.

    Raises ConfigError with one sentence: file, key or line, what is wrong, what to do.
    """
    if sentence := environment.unknown(_all_settings(), CONFIG_VARIABLE):
        raise ConfigError(f"environment: {sentence}")
    file = file or _file_from_environment()
    text = _read(file) if file else ""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: this is not TOML: {error}") from None
    try:
        return Config(**values)
    except ValidationError as error:
        raise ConfigError(_sentence(error.errors()[0], file, text)) from None
    except SettingsError as error:  # it names a section and its own insides, but no variable
        sentence = environment.unparsable(_WRITTEN_AS_JSON) or str(error).splitlines()[0]
        raise ConfigError(f"environment: {sentence}") from None


_WRITTEN_AS_JSON = {
    "smtp.listen": '["127.0.0.1:2525"]',
    "smtp.proxy_listen": '["127.0.0.1:2526"]',
    "smtp.proxy_peers": '["127.0.0.1"]',
    "smtp.domains": '["inbound.example"]',
    "accounts": '[{"email": "owner@example.org"}]',
    "smtp": '{"max_size": 36700160}',
    "relay": '{"host": "127.0.0.1"}',
    "reader": '{"processes": 1}',
    "dns": '{"timeout": 10}',
    "dns.nameservers": '["192.0.2.53"]',
    "web": '{"listen": "127.0.0.1:8080"}',
    "trust": '{"domains": ["jimdo.com"]}',
    "trust.domains": '["jimdo.com"]',
    "trust.sealers": '["google.com"]',
    "keep": '{"mail_days": 90}',
}


def _all_settings() -> list[str]:
    """`relay`, `relay.host` ..., as a variable can name them."""
    names = list(Config.model_fields)
    for section, settings in _SECTIONS.items():
        names += [f"{section}.{name}" for name in settings.model_fields]
    return names


def checked(section: type[M], values: dict[str, object]) -> M:
    """What a person typed, by the rules of the settings file.  Raises Refused with one sentence."""
    try:
        return section.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise Refused(f"{'.'.join(map(str, first['loc']))}: {_complaint(first)}") from None


def _file_from_environment() -> Path | None:
    name = os.environ.get(CONFIG_VARIABLE)
    return Path(name) if name else None


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")  # some editors begin a file with a byte order mark
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: this is not UTF-8 text") from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None


def _sentence(error: ErrorDetails, file: Path | None, text: str) -> str:
    steps = error["loc"]
    key = ".".join(str(step) for step in steps)
    place = f"{file}: " if file else ""
    # A key that is not there has no line: then it is the line of its table.
    line = _line_of(steps, text) or _line_of(steps[:-1], text)
    if key and _is_in_environment(steps):
        place = "environment: "
    elif line:
        place = f"{file}:{line}: "
    if error["type"] == "extra_forbidden":
        return f"{place}{key}: there is no such setting{_suggestion(steps)}"
    return f"{place}{key}: {_complaint(error)}" if key else f"{place}{_complaint(error)}"


_OURS = ("missing", "too_short", "string_too_short", "value_error")  # the message says it all
_PLAIN = {
    "missing": "must be given",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
}


def _complaint(error: ErrorDetails) -> str:
    message = error["msg"].removeprefix("Value error, ").partition(", unable to parse")[0]
    message = re.sub("^Input should be ", "must be ", _PLAIN.get(error["type"], message))
    is_secret = error["loc"][-1:] == ("password",)
    return message if is_secret or error["type"] in _OURS else f"{message}, not {error['input']!r}"


def _is_in_environment(steps: tuple[int | str, ...]) -> bool:
    """Whether a variable sets this key, or the list or section it stands in."""
    names = ["__".join(str(step) for step in steps[:depth]) for depth in range(1, len(steps) + 1)]
    variables = {variable.upper() for variable in os.environ}
    return any(f"SMTPD_BILLBEE_{name}".upper() in variables for name in names)


def _suggestion(steps: tuple[int | str, ...]) -> str:
    close = difflib.get_close_matches(str(steps[-1]), _keys_beside(steps), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _keys_beside(steps: tuple[int | str, ...]) -> list[str]:
    sections: dict[str, type[BaseModel]] = {**_SECTIONS, "accounts": AccountSettings, "shops": ShopSettings}
    above = [step for step in steps[:-1] if isinstance(step, str)]
    model = sections.get(above[-1], Config) if above else Config
    return list(model.model_fields)


def _line_of(steps: tuple[int | str, ...], text: str) -> int | None:
    """The line of the key in the TOML text, as well as tables and `key =` lines tell."""
    names = [step for step in steps if isinstance(step, str)]
    numbers = [step for step in steps if isinstance(step, int)]
    table: list[str] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*(\[\[?)\s*([\w.\- ]+?)\s*\]", line):
            table = header.group(2).replace(" ", "").split(".")
            if header.group(1) == "[[":
                seen[".".join(table)] = seen.get(".".join(table), -1) + 1
                for deeper in [name for name in seen if name.startswith(".".join(table) + ".")]:
                    del seen[deeper]
            if table == names and _places(table, seen) == numbers:
                return number
        elif key := re.match(r"\s*([\w-]+)\s*=", line):
            at = _places(table, seen)
            whole = [*table, key.group(1)]
            if whole == names[: len(whole)] and at == numbers[: len(at)]:
                return number
    return None


def _places(table: list[str], seen: dict[str, int]) -> list[int]:
    """Which of the [[tables]] above us we are in: [0, 2] is the third shop of the first account."""
    above = [".".join(table[:depth]) for depth in range(1, len(table) + 1)]
    return [seen[name] for name in above if name in seen]


def example() -> str:
    """config.example.toml: each setting with its sentence and its default."""
    return "\n".join(_example_lines()) + "\n"


def _example_lines() -> Iterator[str]:
    yield "# Settings of smtpd-billbee.  Each line shows the default; take away the # to change it."
    yield "# The environment wins: SMTPD_BILLBEE_RELAY__HOST is `host` in [relay]."
    yield ""
    yield from _fields(Config, ("state_dir", "database"))
    for name, section in _SECTIONS.items():
        yield from ("", f"# {section.__doc__}", f"[{name}]")
        yield from _fields(section, section.model_fields)
    yield from ("", f"# {AccountSettings.__doc__}", "# [[accounts]]")
    yield from _fields(AccountSettings, ("email", "name", "language", "second_email"))
    yield from ("", f"# {ShopSettings.__doc__}", "# [[accounts.shops]]")
    yield from _fields(ShopSettings, ShopSettings.model_fields)


_SAMPLES = {"email": "owner@example.org", "id": 12345}


def _fields(model: type[BaseModel], names: Iterable[str]) -> Iterator[str]:
    for name in names:
        field = model.model_fields[name]
        default = _SAMPLES.get(name) if field.is_required() else field.default
        default = "Teeladen" if default is None else default
        yield f"# {field.description}"
        yield f"# {name} = {_toml(default)}"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    return f'"{value}"'
