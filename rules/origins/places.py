"""Countries that a text names: by their names, their adjectives, regions and large cities."""

from functools import cache
from typing import NamedTuple

from hublake.lake.curated import curated
from hublake.rules.origins.normalised_names import Entries, entries_in, listed_entries, normalised

ADJECTIVE = "demonym"


class Place(NamedTuple):
    """An entry of conf/places.csv."""

    country: str
    kind: str


class NamedCountry(NamedTuple):
    """The country that a text names, null if it names none or several; `places` are the words that were found."""

    country: str | None
    places: tuple[str, ...]


def named_country(text: str) -> NamedCountry:
    """An adjective counts only if no place is named: the American University of Beirut is in Lebanon.

    >>> named_country("American University of Beirut"), named_country("University of New Mexico"), named_country("Paris and Berlin")
    (NamedCountry(country='LB', places=('beirut',)), NamedCountry(country='US', places=('new mexico',)), \
NamedCountry(country=None, places=('paris', 'berlin')))
    """
    found = list(entries_in(normalised(text), _places()))
    placed = [entry for entry in found if entry.value.kind != ADJECTIVE] or found
    countries = {entry.value.country for entry in placed}
    return NamedCountry(countries.pop() if len(countries) == 1 else None, tuple(entry.words for entry in placed))


@cache
def _places() -> Entries[Place]:
    return listed_entries({row["place"]: Place(row["country"], row["kind"]) for row in curated("places")})
