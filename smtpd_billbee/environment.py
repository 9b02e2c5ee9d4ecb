"""The variables that set something, looked at before pydantic-settings does: it passes over names it does not know.

A name is the prefix, then the section and the key with two underscores between: SMTPD_BILLBEE_RELAY__HOST.
"""

import difflib
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping

PREFIX = "SMTPD_BILLBEE_"

# Kubernetes gives these to every container when a service is called smtpd-billbee; they are no settings.
_OF_KUBERNETES = re.compile(r"SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?")


def _names() -> Iterator[tuple[str, str]]:
    """Each variable that is ours, as it is written and as the lower-case rest of its name."""
    for variable in os.environ:
        rest = variable.upper().removeprefix(PREFIX)
        if rest != variable.upper() and not _OF_KUBERNETES.fullmatch(rest):
            yield variable, rest.lower()


def unknown(settings: Collection[str], passed_over: str) -> str | None:
    """A sentence on the first variable whose section or setting there is none of.

    `settings` are the known ones with dots, `relay` and `relay.host`; `passed_over` is a variable that is no setting.
    """
    for variable, rest in _names():
        top = rest.partition("__")[0]
        if variable.upper() == passed_over or top in settings:
            continue
        known = [f"{PREFIX}{name.replace('.', '__').upper()}" for name in settings]
        close = difflib.get_close_matches(variable.upper(), known, n=1)
        return f"{variable}: there is no such setting{f'; did you mean {close[0]}?' if close else ''}"
    return None


def unparsable(written_as_json: Mapping[str, str]) -> str | None:
    """A sentence on the first variable that should be JSON and is not.

    `written_as_json` gives an example for each setting, with dots, that is a list or a section.
    """
    for variable, rest in _names():
        sample = written_as_json.get(rest.replace("__", "."))
        if sample is not None and not _is_json(os.environ[variable]):
            return f"{variable}: must be written as JSON, like {sample}"
    return None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
