"""Find the licence of the catalogue behind a declared one: for `other` by license_name, license_link or the name of a LICENSE file."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from hublake.lake.curated import curated
from hublake.rules.licenses.catalogue import license_catalogue
from hublake.rules.licenses.declared_licenses import license_id

OTHER = "other"
MAX_CHARS = 300
ANY_REST = "*"  # at the end of a prefix in conf/license_links.csv
_SEPARATORS = re.compile(r"[\s_/,:;\"'()\[\]\ufeff\u200b-]+")
_SAYS_NOTHING = frozenset(("license", "licence", "agreement", "terms", "of", "use", "the", "and", "md", "txt", "copying", ""))
_SCHEME = re.compile(r"(?:https?://)?(?:www\.)?", re.IGNORECASE)
_SEGMENT_END = re.compile(r"(?:\.[a-z]+)*(?:[/?#]|$)")
_IS_LICENSE_FILE = re.compile(r"licen[cs]e|copying", re.IGNORECASE)
_FILE_ENDING = re.compile(r"\.(?:md|txt|rst|pdf|html)$", re.IGNORECASE)


class ResolvedLicense(NamedTuple):
    """`resolved_by` is one of LICENSE_RESOLUTIONS."""

    license: str
    resolved_by: str


def resolve_license(license: str, name: str | None, link: str | None, file_names: Iterable[str] = ()) -> ResolvedLicense | None:
    """The first of: the identifier itself, license_name, license_link, a LICENSE file that is named after its licence.

    `license` is as in silver.model_licenses. None if the licence is not in the catalogue; text such as LICENSE is no name.

    >>> resolve_license("other", "llama-2-community-license", None)
    ResolvedLicense(license='llama2', resolved_by='name')
    >>> resolve_license("other", "my own", "https://ai.google.dev/gemma/terms").license
    'gemma'
    >>> resolve_license("other", None, "LICENSE", ["LICENSE-MIT.txt", "README.md"])
    ResolvedLicense(license='mit', resolved_by='file_name')
    """
    if license != OTHER:
        return ResolvedLicense(license, "identifier") if license in license_catalogue() and license != "unknown" else None
    found = {"name": _by_name((name or "")[:MAX_CHARS]), "link": _by_link((link or "")[:MAX_CHARS]), "file_name": _by_file(file_names)}
    return next((ResolvedLicense(license, method) for method, license in found.items() if license), None)


def comparable_license(license: str, name: str | None, resolved: str | None) -> str:
    """What two declarations must share to be the same licence: the resolved one, else the identifier, for `other` with its name.

    >>> comparable_license("other", " My_Own License", None), comparable_license("other", None, None)
    ('other:my-own', 'other')
    """
    if resolved or license != OTHER:
        return resolved or license
    key = _key(name or "")
    return f"{OTHER}:{key}" if key else OTHER


def licenses_of_tags(identifiers: Iterable[str]) -> list[str]:
    """The distinct comparable licences of identifiers in tags, in alphabetical order; what `other` meant is not in a tag.

    >>> licenses_of_tags(["MIT", "other", "mit"])
    ['mit', 'other']
    """
    found = {license_id(text) for text in identifiers} - {""}
    resolved = ((name, resolve_license(name, None, None)) for name in found)
    return sorted({comparable_license(name, None, entry and entry.license) for name, entry in resolved})


def _key(text: str) -> str:
    return "-".join(part for part in _parts(text) if part not in _SAYS_NOTHING)


def _parts(text: str) -> list[str]:
    return [part for part in _SEPARATORS.split(text[:MAX_CHARS].casefold()) if part]


@lru_cache(1 << 13)
def _by_name(name: str) -> str | None:
    """The licence of that name: as publishers name it, or as the Hub's list spells it."""
    key = _key(name)
    if not key:
        return None
    named = _names().get("-".join(_parts(name))) or _names().get(key)
    candidates = (named, license_id(name.strip("\ufeff\u200b \"'")), license_id(key))
    return next((text for text in candidates if text in license_catalogue() and text not in (OTHER, "unknown")), None)


@lru_cache(1 << 13)
def _by_link(link: str) -> str | None:
    """The licence whose text the address leads to: the longest known beginning of whole path segments decides.

    A file ending does not count, so `licenses/mit` is in `licenses/mit.html` and not in `licenses/mit-0`.
    """
    address = _SCHEME.sub("", link.strip()[:MAX_CHARS], count=1).lower()
    return next((license for prefix, license in _links() if _begins_with(address, prefix)), None)


def _begins_with(address: str, prefix: str) -> bool:
    """A prefix that ends in ANY_REST may end within a segment."""
    if prefix.endswith(ANY_REST):
        return address.startswith(prefix.removesuffix(ANY_REST))
    return address.startswith(prefix) and _SEGMENT_END.match(address, len(prefix)) is not None


def _by_file(file_names: Iterable[str]) -> str | None:
    named = {_by_name(_FILE_ENDING.sub("", name)[:MAX_CHARS]) for name in file_names if "/" not in name and _IS_LICENSE_FILE.search(name)}
    known = named - {None}
    return known.pop() if len(known) == 1 else None


@cache
def _names() -> dict[str, str]:
    """Licences by the name as listed. A listed name with the word license is not meant without it: `llama` may be any version."""
    return {row["written"]: row["license"] for row in curated("license_names")}


@cache
def _links() -> list[tuple[str, str]]:
    links = ((_SCHEME.sub("", row["prefix"], count=1), row["license"]) for row in curated("license_links"))
    return sorted(links, key=lambda link: -len(link[0]))
