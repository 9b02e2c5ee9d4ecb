"""HTML as a tree, and all that is named in it."""

import functools
import re
from dataclasses import dataclass
from html import unescape
from typing import Any, Final, NamedTuple, TypeAlias

from lxml.etree import PI, Comment, HTMLParser, LxmlError, XPath, _Element, fromstring

Element: TypeAlias = _Element

_REMEMBERED: Final = 256 * 1024  # letters; what is shown and what is named are asked of the same tree
_DECLARED = re.compile(r"^\s*<\?xml[^>]{0,200}>")  # lxml refuses a text that names an encoding
_TAG = re.compile(r"<[^<>]{0,2000}>")
_FONT = re.compile(r"<(?P<end>/?)font\b[^<>]{0,400}>", re.IGNORECASE)

_WORDS = ("alt", "title", "aria-label", "value", "placeholder", "content")  # attributes that people read


def _strings(path: str) -> Any:
    return XPath(path, smart_strings=False)


# Each is one walk over the tree: libxml2 takes quadratic time to join two sets of nodes.
_ALL = _strings("descendant::text()")
_SHOWN = _strings("descendant::text()[not(parent::style or parent::script)]")
_NOT_SHOWN = (_strings("descendant::style/text()"), _strings("descendant::script/text()"))
_SAID = _strings("descendant-or-self::*/@*[{}]".format(" or ".join(f"name() = '{name}'" for name in _WORDS)))
_VALUES = _strings("descendant-or-self::*/@*[not(starts-with(name(), 'xmlns'))]")


@dataclass(frozen=True, slots=True)
class Strings:
    """Those of a page, each once: `read` by people, or `unread`: values of attributes, styles, scripts, comments."""

    read: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()


class _Tree(NamedTuple):
    root: Element | None
    is_cut: bool  # libxml2 has limits (depth, length of a text), and leaves out what comes behind them


def parsed(text: str) -> Element | None:
    """The tree of an HTML body, to be looked at only; None for what lxml cannot parse at all."""
    return _tree(text).root


def _tree(text: str) -> _Tree:
    return _remembered(text) if len(text) < _REMEMBERED else _parsed(text)


def strings_of(text: str) -> Strings:
    """Every string in an HTML body, whether it is shown or not."""
    root, is_cut = _tree(text)
    left_out = frozenset([unescape(text)] if is_cut else ())  # rather a string too many than one too few
    if root is None:
        return Strings(unread=left_out)
    unread = [text for strings in _NOT_SHOWN for text in strings(root)]
    shown = _SHOWN(root) if unread else _ALL(root)  # in half the time
    unread += [each.text or "" for each in root.iter(Comment, PI)]
    bare = [_TAG.sub(" ", each) for each in left_out]
    return Strings(frozenset([*shown, *_SAID(root), *bare]), left_out.union(unread, _VALUES(root)))


def _parsed(text: str) -> _Tree:
    parser = HTMLParser(huge_tree=False)
    try:
        root = fromstring(_without_open_fonts(_DECLARED.sub("", text.replace("\x00", ""), count=1)), parser)
    except (LxmlError, ValueError, AssertionError):
        root = None
    return _Tree(root, any(each.type_name == "ERR_RESOURCE_LIMIT" for each in parser.error_log))


_remembered = functools.lru_cache(maxsize=2)(_parsed)


def _without_open_fonts(text: str) -> str:
    """The text without <font>, where some are never closed: lxml would put the next cell into the one before.

    A browser closes them with the cell (HTML, 13.2.6.4.15: the end of a cell clears the list of active formatting
    elements up to the last marker).
    """
    if "<font" not in text and "<FONT" not in text:
        return text
    ends = [bool(found["end"]) for found in _FONT.finditer(text)]
    return text if ends.count(True) == ends.count(False) else _FONT.sub("", text)
