"""How often are the countries of publishers right, on labels of other people, and for which part of the downloads are they known?

    python -m benchmarks.origins_truth --data FOLDER     (labels and hub2024 below it)

Labels of several sources that disagree about a namespace are left out. A label without a country is of a person or of an international
community, or of a source that names regions only: of these it counts what the rules say of a person. No account of hub2024 was crawled,
so only the curated list speaks there. `of organisations`: of the downloads of all publishers that are not listed as persons.
"""

import argparse
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.figure import show
from benchmarks.lineage_truth import items
from benchmarks.rights_accuracy import Share, labels
from hublake.lake.repo_ids import author_of
from hublake.rules.lineage.canonical_names import canonical_owners
from hublake.rules.origins.concentration import concentration
from hublake.rules.origins.curated_organisations import curated_organisations
from hublake.rules.origins.organisation_origins import OrganisationOrigin, organisation_origin

DRAWN_PERSONS = 5_000
RECORDED_ON = date(2024, 7, 11)


class Answer(NamedTuple):
    """A name, its labelled countries, and what the rules say."""

    name: str
    countries: set[str]
    origin: OrganisationOrigin

    @property
    def is_right(self) -> bool:
        return self.origin.country in self.countries


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    show_answers("countries of namespaces", namespaces(given.data))
    show_answers("countries of institutions' names", institution_names(given.data))
    totals = totals_by_publisher(given.data)
    person_figures(totals, Random(given.seed))
    coverage_figures(totals)


def namespaces(data: Path) -> list[Answer]:
    """Labelled namespaces, without what the Hub says of the accounts."""
    labelled: dict[str, set[str]] = defaultdict(set)
    for row in labels(data, "organisation_country"):
        if row["country"]:
            labelled[row["namespace"]].add(row["country"])
    agreed = {name: countries for name, countries in labelled.items() if len(countries) == 1}
    return [Answer(name, countries, organisation_origin(name, None, None, None)) for name, countries in agreed.items()]


def institution_names(data: Path) -> list[Answer]:
    """Names of institutions, as the display names of accounts of organisations without a description."""
    rows = [row for row in labels(data, "organisation_names") if row["country"]]
    return [Answer(row["name"], {row["country"]}, organisation_origin("", "organisation", row["name"], None)) for row in rows]


def accuracy(answers: list[Answer]) -> tuple[Share, Share]:
    """The right ones of those with a country, and those with a country of all."""
    said = [answer for answer in answers if answer.origin.country]
    return Share(sum(answer.is_right for answer in said), len(said)), Share(len(said), len(answers))


def show_answers(what: str, answers: list[Answer]) -> None:
    """Print precision and recall, precision by method, and what differs from the labels."""
    right, said = accuracy(answers)
    show(f"{what}: right, of {right.total} said", 100 * right.value, unit="%", bar="95")
    show(f"{what}: said, of {said.total}", 100 * said.value, unit="%", bar="60")
    by_method: dict[tuple[str, float], Counter[bool]] = defaultdict(Counter)
    for answer in answers:
        by_method[answer.origin.method, answer.origin.confidence][answer.is_right] += answer.origin.country is not None
    for (method, confidence), counts in sorted(by_method.items()):
        if counts.total():
            print(f"  {method}, confidence {confidence}: {counts[True]} of {counts.total()}")
    different = [answer.name for answer in answers if answer.origin.country and not answer.is_right]
    print(f"  other than labelled: {', '.join(different) or 'none'}")


def totals_by_publisher(data: Path) -> dict[str, tuple[int, int]]:
    """(models, downloads of 30 days) of each publisher of the recorded hub; empty for models without one."""
    models: Counter[str] = Counter()
    downloads: Counter[str] = Counter()
    owners = canonical_owners()
    for item in items(data / "hub2024" / "models.jsonl.gz"):
        publisher = author_of(item["id"]) or owners.get(item["id"].lower(), "")
        models[publisher] += 1
        downloads[publisher] += item.get("downloads") or 0
    return {publisher: (models[publisher], downloads[publisher]) for publisher in models}


def person_figures(totals: dict[str, tuple[int, int]], rng: Random) -> None:
    """Drawn names as users of the Hub, and all names of organisations on the list: none may get a country or an institution."""
    names = [*rng.sample(sorted(totals), DRAWN_PERSONS), *curated_organisations()]
    users = [organisation_origin(name, "user", "Kyoto University", "based in Berlin, https://www.ox.ac.uk") for name in names]
    show(f"persons with a country or institution, of {len(users):,}", sum(map(_has_origin, users)), unit="persons", bar="0")
    persons = [name for name, rows in curated_organisations().items() if rows[-1].kind == "person"]
    listed = [organisation_origin(name, None, None, None) for name in persons]
    show(f"listed persons with a country or institution, of {len(listed)}", sum(map(_has_origin, listed)), unit="persons", bar="0")


def _has_origin(origin: OrganisationOrigin) -> bool:
    return (origin.country or origin.institution or origin.region) is not None


def coverage_figures(totals: dict[str, tuple[int, int]]) -> None:
    """What is known of the publishers of the recorded hub, with and without the most downloaded publisher."""
    origins = {publisher: organisation_origin(publisher, None, None, None, RECORDED_ON) for publisher in totals}
    largest = max(totals, key=lambda publisher: totals[publisher][1])
    for what, left_out in (("hub of 2024", ""), (f"hub of 2024 without {largest}", largest)):
        counted: Counter[str] = Counter()
        for publisher, (_, downloads) in totals.items():
            if publisher != left_out or not left_out:
                origin = origins[publisher]
                counted[(origin.country and "country") or origin.country_reason or ""] += downloads
        known, all_downloads = counted["country"], counted.total()
        of_organisations = 100 * known / (all_downloads - counted["person"])
        show(f"{what}: downloads with a country, of organisations", of_organisations, unit="%", bar="85")
        show(f"{what}: downloads with a country, of all", 100 * known / all_downloads, unit="%")
        print("  " + ", ".join(f"{reason}: {100 * part / all_downloads:.1f} %" for reason, part in counted.most_common()))
    known_models = sum(models for publisher, (models, _) in totals.items() if origins[publisher].country)
    show("hub of 2024: models with a country, of all", 100 * known_models / sum(models for models, _ in totals.values()), unit="%")
    by_country: Counter[str] = Counter()
    for publisher, (_, downloads) in totals.items():
        by_country[origins[publisher].country or ""] += downloads
    all_downloads = by_country.total()
    by_country.pop("")
    print(
        "  "
        + ", ".join(f"{country} {100 * part / all_downloads:.1f} %" for country, part in by_country.most_common(6))
        + " of all downloads"
    )
    found = concentration(list(by_country.values()))
    print(f"  countries: {found.units}, HHI {found.hhi:.3f}, Gini {found.gini:.3f}, largest {found.top_1_share:.3f}")


if __name__ == "__main__":
    main()
