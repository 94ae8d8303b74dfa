"""Institution, country and kind of the account that publishes models, each with its evidence. Persons never get a country."""

from datetime import date
from typing import NamedTuple

from hublake.rules.origins.curated_organisations import CuratedOrganisation, curated_organisation, regions
from hublake.rules.origins.institution_names import NamedInstitution, named_institution
from hublake.rules.origins.normalised_names import normalised, words_of_handle
from hublake.rules.origins.self_descriptions import StatedSeat, stated_seat

USER, ORGANISATION = "user", "organisation"
MAX_NAME_CHARS = 200
# Precision of the country on labels: docs/method/origins.md. A whole name that is an institution's, a name that contains one, words of a
# kind with a place in the name; statements in the description have no labels, the values are the requirement's.
CONFIDENCE = {
    "account": 1.0,
    "curated": 0.98,
    "whole_name": 0.97,
    "name_match": 0.95,
    "name_words": 0.95,
    "details_text": 0.8,
    "domain": 0.8,
}
# Names in lower case that may be those of accounts that re-pack models; `is_repackaging_name` decides.
REPACKAGING_NAMES = "gguf|ggml|quant|gptq|awq|exl[23]|mlx|onnx|-community$"
_REPACKAGING = frozenset(("gguf", "ggml", "quant", "quants", "quantized", "gptq", "awq", "exl2", "exl3", "mlx", "onnx"))


class OrganisationOrigin(NamedTuple):
    """The columns of silver.organisations besides the account's name."""

    institution: str | None = None
    parent_institution: str | None = None
    country: str | None = None
    country_reason: str | None = None
    region: str | None = None
    kind: str = "unknown"
    kind_source: str = "none"
    is_repackager: bool = False
    method: str = "none"
    source: str | None = None
    evidence: str | None = None
    checked_date: date | None = None
    confidence: float = 0.0


def organisation_origin(
    namespace: str, account_kind: str | None, display_name: str | None, details: str | None, as_of: date | None = None
) -> OrganisationOrigin:
    """The origin of an account. What the Hub says of its kind decides: a user is a person, also under an organisation's name.

    An account that was not crawled has an origin only if it is on the curated list; its row is the one that holds on the day `as_of`.

    >>> organisation_origin("MIT", "user", None, None).country_reason, organisation_origin("MIT", None, None, None).country
    ('person', 'US')
    >>> found = organisation_origin("x-lab", "organisation", "Kyoto University NLP", None)
    >>> found.country, found.kind, found.method
    ('JP', 'university', 'name_match')
    """
    repackages = is_repackaging_name(namespace)
    listed = curated_organisation(namespace, as_of)
    if account_kind == USER:
        repackages = repackages or (listed is not None and listed.is_repackager)
        person = OrganisationOrigin(country_reason="person", kind="person", kind_source="account", method="account")
        return person._replace(is_repackager=repackages, source="kind of the account on the Hub", confidence=CONFIDENCE["account"])
    # The Hub says that the account is an organisation: a person on the list is another one, or has become one.
    if listed and not (listed.kind == "person" and account_kind == ORGANISATION):
        return _from_list(listed, repackages)
    if account_kind != ORGANISATION:
        return OrganisationOrigin(country_reason="unlisted", is_repackager=repackages)
    name = (display_name or words_of_handle(namespace))[:MAX_NAME_CHARS]
    return _described(named_institution(name), stated_seat(details or ""), repackages)


def is_repackaging_name(namespace: str) -> bool:
    """Whether the account's name says that it re-packs models of others.

    >>> is_repackaging_name("someone-GGUF"), is_repackaging_name("quantum-lab")
    (True, False)
    """
    return not _REPACKAGING.isdisjoint(normalised(words_of_handle(namespace)).split()) or namespace.casefold().endswith("-community")


def _from_list(row: CuratedOrganisation, repackages: bool) -> OrganisationOrigin:
    return OrganisationOrigin(
        institution=row.institution,
        parent_institution=row.parent_institution,
        country=row.country,
        country_reason=row.country_reason,
        region=regions().get(row.country or ""),
        kind=row.kind,
        kind_source="curated",
        is_repackager=row.is_repackager or repackages,
        method="curated",
        source=row.source,
        evidence="conf/organisations.csv",
        checked_date=row.checked_on,
        confidence=CONFIDENCE["curated"],
    )


def _described(named: NamedInstitution | None, seat: StatedSeat | None, repackages: bool) -> OrganisationOrigin:
    """The name before the description; a description that names another country than the name makes both doubtful."""
    kind, kind_source = "unknown", "none"
    if named and named.kind:
        kind, kind_source = named.kind, named.method
    elif seat and seat.kind:
        kind, kind_source = seat.kind, seat.method
    institution = (named and named.institution) or (seat and seat.institution) or None
    base = OrganisationOrigin(institution=institution, kind=kind, kind_source=kind_source, is_repackager=repackages)
    country, other = named and named.country, seat and seat.country
    if country and other and country != other:
        return base._replace(country_reason="ambiguous")
    if named and country:
        confidence = CONFIDENCE["whole_name" if named.is_whole_name else named.method]
        return _with_country(base, country, named.method, "display_name", named.evidence, confidence)
    if seat:
        return _with_country(base, seat.country, seat.method, "details", seat.evidence, CONFIDENCE[seat.method])
    if named and named.is_whole_name:
        return base._replace(country_reason="international", method=named.method, source="display_name", evidence=named.evidence)
    return base._replace(country_reason="unlisted")


def _with_country(base: OrganisationOrigin, country: str, method: str, source: str, evidence: str, confidence: float) -> OrganisationOrigin:
    stated = base._replace(country=country, region=regions().get(country), method=method)
    return stated._replace(source=source, evidence=evidence, confidence=confidence)
