"""Settings: the example file is written from config.py, the environment wins, and a complaint points at its line."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from smtpd_billbee.config import _WRITTEN_AS_JSON, CONFIG_VARIABLE, Config, example, load
from smtpd_billbee.errors import ConfigError
from smtpd_billbee.values import split_listen, split_nameserver
from tests.serving import HOUSE

EXAMPLE = HOUSE / "config.example.toml"


@pytest.fixture(autouse=True)
def _no_settings_around_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CONFIG_VARIABLE, raising=False)


def written(folder: Path, text: str) -> Path:
    """A config file with this text."""
    file = folder / "config.toml"
    file.write_text(text)
    return file


def settings(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, str, str]]:
    """Every setting as (section, name, sentence), those of sections and lists of sections too."""
    for name, field in model.model_fields.items():
        types = [field.annotation, *get_args(field.annotation)]
        section = next((each for each in types if isinstance(each, type) and issubclass(each, BaseModel)), None)
        if section:
            yield from settings(section, f"{above}.{name}".strip("."))
        else:
            yield above, name, field.description or ""


def test_the_example_is_written_from_the_code() -> None:
    """`make example` writes config.example.toml; it is never edited by hand."""
    assert example() == EXAMPLE.read_text()


SETTINGS = list(settings(Config))


@pytest.mark.parametrize(("section", "name", "sentence"), SETTINGS, ids=[f"{each[0]}.{each[1]}" for each in SETTINGS])
def test_every_setting_is_in_the_example(section: str, name: str, sentence: str) -> None:
    """Each setting stands in its section, below its one sentence, with its default."""
    text = EXAMPLE.read_text()
    part = re.split(rf"\n(?:# )?\[+{re.escape(section)}\]+(?=\n)", text)[1] if section else text
    part = re.split(r"\n(?:# )?\[", part)[0]

    assert f"\n# {sentence}\n# {name} = " in part
    assert re.fullmatch(r"[A-Z].{8,110}[.]", sentence), sentence


def test_the_example_uncommented_is_the_default(tmp_path: Path) -> None:
    """Taking away every # gives a file that loads, and says nothing else than no file."""
    text = re.sub(r"^# (?=\[\[|[a-z_]+ = )", "", EXAMPLE.read_text(), flags=re.MULTILINE)
    loaded = load(written(tmp_path, text))

    assert load(None) == loaded.model_copy(update={"accounts": []})
    assert ("owner@example.org", 12345) == (loaded.accounts[0].email, loaded.accounts[0].shops[0].id)


def test_the_fixed_names(tmp_path: Path) -> None:
    """These names are promised to everybody who has a config.toml."""
    text = """
    state_dir = "state"
    database = "postgresql://billbee@localhost/orders"
    smtp = {listen = ["[::1]:25"], domains = ["IN.example"], hostname = "mx.example", max_size = 2000}
    relay = {host = "m", port = 587, tls = "starttls", username = "u", password = "p", sender_domain = "s.example"}
    web = {listen = "127.0.0.1:1"}
    accounts = [{email = "o@example.org", name = "O", language = "en", shops = [{id = 1, name = "T"}]}]
    """
    config = load(written(tmp_path, text.replace("\n    ", "\n")))

    assert ("mx.example", "s.example", ["in.example"]) == (config.hostname, config.sender_domain, config.smtp.domains)
    assert "T" == config.accounts[0].shops[0].name


def test_names_that_follow_the_first_domain() -> None:
    """Without names of its own, the server is called like its first domain."""
    assert ("inbound.example", "inbound.example") == (Config().hostname, Config().sender_domain)


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One value of a section from outside leaves its neighbours as the file says."""
    monkeypatch.setenv("SMTPD_BILLBEE_RELAY__PASSWORD", "secret")
    monkeypatch.setenv("SMTPD_BILLBEE_STATE_DIR", "elsewhere")
    config = load(written(tmp_path, 'state_dir = "here"\n[relay]\nhost = "mail.example"\npassword = "old"\n'))

    assert ("mail.example", "secret", "elsewhere") == (config.relay.host, config.relay.password, config.state_dir)


def test_the_file_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SMTPD_BILLBEE_CONFIG names the file when the command line does not."""
    monkeypatch.setenv(CONFIG_VARIABLE, str(written(tmp_path, 'state_dir = "named"\n')))

    assert "named" == load(None).state_dir


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("SMTP__MAX_SIZE", "large", "environment: smtp.max_size: must be a valid integer, not 'large'"),
        ("SMTP__LISTEN", '["here"]', "environment: smtp.listen.0: 'here' is not HOST:PORT"),
        ("SMTP__LISTEN", "127.0.0.1:25",
         'environment: SMTPD_BILLBEE_SMTP__LISTEN: must be written as JSON, like ["127.0.0.1:2525"]'),
        ("SMTP__DOMAINS", "a.example",
         'environment: SMTPD_BILLBEE_SMTP__DOMAINS: must be written as JSON, like ["inbound.example"]'),
        ("RELAY", "secret", 'environment: SMTPD_BILLBEE_RELAY: must be written as JSON, like {"host": "127.0.0.1"}'),
        ("ACCOUNTS", "owner@example.org",
         'environment: SMTPD_BILLBEE_ACCOUNTS: must be written as JSON, like [{"email": "owner@example.org"}]'),
        ("STATEDIR", "x", "environment: SMTPD_BILLBEE_STATEDIR: there is no such setting; "
         "did you mean SMTPD_BILLBEE_STATE_DIR?"),
        ("RELAY_HOST", "x", "environment: SMTPD_BILLBEE_RELAY_HOST: there is no such setting; "
         "did you mean SMTPD_BILLBEE_RELAY__HOST?"),
        ("RELAY__HOTS", "x", "environment: relay.hots: there is no such setting; did you mean 'host'?"),
        ("DATABASE", "mysql://me:secret@host/x", "environment: database: must be empty or begin with postgresql://"),
    ],
)  # fmt: skip
def test_a_wrong_environment(monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str) -> None:
    """The complaint says where the value came from, and tells no password."""
    monkeypatch.setenv(f"SMTPD_BILLBEE_{name}", value)
    with pytest.raises(ConfigError) as caught:
        load(None)

    assert complaint in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_SMTP", "PORT", "PORT_25_TCP", "PORT_25_TCP_ADDR"]
)
def test_what_kubernetes_sets_is_no_setting(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Its variables for a service called smtpd-billbee begin like ours, and are passed over."""
    before = load(None)
    monkeypatch.setenv(f"SMTPD_BILLBEE_{name}", "10.0.0.11")

    assert before == load(None)


def test_every_list_and_section_has_a_sample() -> None:
    """Whatever a variable can only give as JSON is explained with a sample that is taken."""
    sections = {name.partition(".")[0] for name in _WRITTEN_AS_JSON}

    assert {"smtp", "relay", "reader", "dns", "web", "trust", "keep", "accounts"} == sections
    assert all(Config.model_validate(_nested(*each)) for each in _WRITTEN_AS_JSON.items())


def _nested(name: str, sample: str) -> dict[str, object]:
    section, dot, key = name.partition(".")
    return {section: {key: json.loads(sample)} if dot else json.loads(sample)}


def test_a_byte_order_mark(tmp_path: Path) -> None:
    """A file that an editor began with U+FEFF is read as one without, and its lines count the same."""
    file = tmp_path / "config.toml"
    file.write_bytes(b'\xef\xbb\xbfstate_dir = "here"\n')
    wrong = tmp_path / "wrong.toml"
    wrong.write_bytes(b"\xef\xbb\xbfstate_dri = 1\n")

    assert "here" == load(file).state_dir
    with pytest.raises(ConfigError, match=r"wrong\.toml:1: state_dri: "):
        load(wrong)


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ('[[accounts]]\nemail = "a@b.c"\n[[accounts]]\nemail = "no"\n', "accounts.1.email", 4),
        ('[[accounts]]\nemail = "a@b.c"\n[[accounts.shops]]\nid = 1\nname = "T"\n[[accounts.shops]]\nname = "U"\n',
         "accounts.0.shops.1.id", 6),
        ('[[accounts]]\nemail = "a@b.c"\n[[accounts.shops]]\nid = 1\nname = "T"\n'
         '[[accounts]]\nemail = "b@b.c"\n[[accounts.shops]]\nid = 2\n', "accounts.1.shops.0.name", 8),
        ('# first\n\n[relay]\n  port   =  "many"\n', "relay.port", 4),
    ],
)  # fmt: skip
def test_a_complaint_points_at_its_line(tmp_path: Path, text: str, key: str, line: int) -> None:
    """The second shop of the first account is not the first shop of the second."""
    file = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(file)

    assert str(caught.value).startswith(f"{file}:{line}: {key}: ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("127.0.0.1:25", ("127.0.0.1", 25)), ("[::]:25", ("::", 25)), ("mx.example:0", ("mx.example", 0))],
)
def test_split_listen(text: str, expected: tuple[str, int]) -> None:
    """HOST:PORT, with an IPv6 address in brackets."""
    assert expected == split_listen(text)


@pytest.mark.parametrize("text", ["", ":25", "host", "host:", "host:x", "host:65536", "host:-1", "host:２５"])
def test_what_is_no_address(text: str) -> None:
    """Anything else is refused with a sentence."""
    with pytest.raises(ValueError, match="is not HOST:PORT"):
        split_listen(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.53", ("192.0.2.53", 53)),
        ("192.0.2.53:5353", ("192.0.2.53", 5353)),
        ("2001:db8::53", ("2001:db8::53", 53)),
        ("[2001:db8::53]", ("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353)),
    ],
)
def test_split_nameserver(text: str, expected: tuple[str, int]) -> None:
    """An address of either kind, with or without a port."""
    assert expected == split_nameserver(text)


@pytest.mark.parametrize("text", ["", "resolver.example", "resolver.example:53", "192.0.2.53:", "192.0.2.53:99999"])
def test_no_nameserver(text: str) -> None:
    """A name would have to be looked up, by whom?"""
    with pytest.raises(ValueError):
        split_nameserver(text)
