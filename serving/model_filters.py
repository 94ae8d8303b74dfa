"""The filters of `hublake models` and `hublake export`: each is declared once, with its option and its condition in SQL.

A condition selects model_ids of one snapshot, $day. A filter with several values keeps models that have any of them; several filters keep
models that meet all of them. Letter case does not matter.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hublake.lake.enums import RELATIONS
from hublake.lake.errors import WrongUse
from hublake.lake.schema import Table
from hublake.lake.schema.silver.datasets import MODEL_DATASETS
from hublake.lake.schema.silver.languages import MODEL_LANGUAGES
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ORGANISATIONS

UNITS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}
NUMBER = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)([kmbt]?)", re.ASCII | re.IGNORECASE)
MAX_TEXT = 500  # characters of a value


@dataclass(frozen=True)
class ModelFilter:
    """One option. `parse` turns each text into the parameters of the condition; `is_repeatable` if it takes several values.

    The condition has the parameter of the filter's own name: a list if it is repeatable.
    """

    name: str
    help: str
    condition: str
    reads: Table = MODELS
    metavar: str = "TEXT"
    is_repeatable: bool = False
    parse: Callable[[str, str], dict[str, Any]] = lambda name, text: {name: text}

    @property
    def option(self) -> str:
        return f"--{self.name.replace('_', '-')}"


def _number(name: str, text: str) -> dict[str, Any]:
    return {name: _count(name, text)}


def _count(name: str, text: str) -> int:
    match = NUMBER.fullmatch(text.strip())
    if match is None:
        raise WrongUse(f"--{name.replace('_', '-')}: {text!r} is no number. Examples: 10, 1500, 2k, 7b")
    return int(float(match[1]) * UNITS[match[2].lower()])


def _range(name: str, text: str) -> dict[str, Any]:
    low, separator, high = text.partition("..")
    if not separator:
        low = high = text
    if not (low or high):
        raise WrongUse(f"--{name}: give a range such as 7b..13b, 1b.. or ..500m")
    least, most = _count(name, low) if low else 0, _count(name, high) if high else 2**62
    if least > most:
        raise WrongUse(f"--{name}: the range {text} ends before it begins. Give the smaller number first: {high}..{low}")
    return {f"{name}_low": least, f"{name}_high": most}


def _day(name: str, text: str) -> dict[str, Any]:
    try:
        return {name: date.fromisoformat(text)}
    except ValueError:
        raise WrongUse(f"--{name.replace('_', '-')}: {text!r} is no day. Example: 2024-07-01") from None


def _pattern(name: str, text: str) -> dict[str, Any]:
    return {name: text.lower()}


def _relation(name: str, text: str) -> dict[str, Any]:
    if text.lower() not in RELATIONS:
        raise WrongUse(f"--{name}: {text!r} is no relation. There are: {', '.join(RELATIONS)}")
    return {name: text.lower()}


def _any_of(column: str, values: str) -> str:
    """The column has one of the values, in any letter case."""
    return f"lower({column}) IN (SELECT lower(unnest({values})))"


def _having(table: Table, column: str, values: str, condition: str = "TRUE") -> str:
    found = f"SELECT model_id FROM {table.full_name} WHERE snapshot_date = $day AND {condition} AND {_any_of(column, values)}"
    return f"model_id IN ({found})"


FILTERS = (
    ModelFilter("task", "Task of the model page, such as text-generation.", _any_of("pipeline_tag", "$task"), is_repeatable=True),
    ModelFilter("library", "Library, such as transformers.", _any_of("library_name", "$library"), is_repeatable=True),
    ModelFilter(
        "language",
        "Language that the model declares, as ISO 639 code.",
        _having(MODEL_LANGUAGES, "language", "$language", "kind = 'declared'"),
        MODEL_LANGUAGES,
        is_repeatable=True,
    ),
    ModelFilter(
        "license",
        "Licence that the model declares, also the one meant by 'other'.",
        _having(MODEL_LICENSES, "coalesce(resolved_license, license)", "$license"),
        MODEL_LICENSES,
        is_repeatable=True,
    ),
    ModelFilter("author", "User or organisation.", _any_of("author", "$author"), is_repeatable=True),
    ModelFilter(
        "country",
        "Country of the publisher's headquarters, as ISO 3166-1 code. Models of persons are left out.",
        f"author IN (SELECT namespace FROM silver.organisations WHERE snapshot_date = $day AND {_any_of('country', '$country')})",
        ORGANISATIONS,
        is_repeatable=True,
    ),
    ModelFilter(
        "architecture",
        "Class or model_type, such as LlamaForCausalLM or llama.",
        f"({_any_of('architecture', '$architecture')} OR {_any_of('model_type', '$architecture')})",
        is_repeatable=True,
    ),
    ModelFilter(
        "dataset",
        "Dataset that the model declares.",
        _having(MODEL_DATASETS, "dataset_id", "$dataset"),
        MODEL_DATASETS,
        is_repeatable=True,
    ),
    ModelFilter(
        "relation",
        f"How it derives from a parent: {', '.join(RELATIONS)}.",
        "model_id IN (SELECT child_id FROM silver.lineage_edges"
        " WHERE snapshot_date = $day AND NOT is_self_loop AND relation IN (SELECT unnest($relation)))",
        LINEAGE_EDGES,
        is_repeatable=True,
        parse=_relation,
    ),
    ModelFilter("min_downloads", "At least so many downloads in 30 days.", "downloads_30d >= $min_downloads", metavar="N", parse=_number),
    ModelFilter("min_likes", "At least so many likes.", "likes >= $min_likes", metavar="N", parse=_number),
    ModelFilter("created_after", "Created on that day or later.", "created_at >= $created_after", metavar="DATE", parse=_day),
    ModelFilter("created_before", "Created before that day.", "created_at < $created_before", metavar="DATE", parse=_day),
    ModelFilter(
        "size",
        "Parameters, as 7b..13b, 1b.. or ..500m. Models of unknown size are left out.",
        "parameters BETWEEN $size_low AND $size_high",
        metavar="RANGE",
        parse=_range,
    ),
    ModelFilter("search", "Text in the name.", "contains(lower(model_id), $search)", parse=_pattern),
)


@dataclass(frozen=True)
class Selection:
    """Conditions on silver.models with their parameters, and the tables that they read."""

    condition: str
    parameters: Mapping[str, Any]
    reads: tuple[Table, ...]


def select_models(given: Mapping[str, tuple[str, ...]]) -> Selection:
    """The selection of the given texts by name of the filter; filters without a text do not count. Raises WrongUse for a bad value."""
    conditions, parameters, reads = ["snapshot_date = $day"], dict[str, Any](), [MODELS]
    for declared in FILTERS:
        texts = given.get(declared.name, ())
        if not texts:
            continue
        if any(len(text) > MAX_TEXT for text in texts):
            raise WrongUse(f"{declared.option}: a value has more than {MAX_TEXT} characters")
        parsed = [declared.parse(declared.name, text) for text in texts]
        if declared.is_repeatable:
            parameters[declared.name] = [values[declared.name] for values in parsed]
        else:
            parameters.update(parsed[-1])
        conditions.append(declared.condition)
        reads.append(declared.reads)
    return Selection(" AND ".join(conditions), parameters, tuple(dict.fromkeys(reads)))
