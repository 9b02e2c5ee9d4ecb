"""The settings that a command works with."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from smtpd_billbee.config import Config, load


@dataclass(frozen=True)
class Settings:
    """The config, read when a command first asks for it."""

    file: Path | None

    @cached_property
    def config(self) -> Config:
        """Raises ConfigError: it cannot be used."""
        return load(self.file)
