"""What a bill of materials contains, read from the published tables: one record per model, streamed."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hublake.lake.enums import GUESSED_EVIDENCE
from hublake.lake.schema import Table
from hublake.lake.schema.gold.cards import CARD_DOCUMENTATION
from hublake.lake.schema.silver.cards import CARD_SECTIONS
from hublake.lake.schema.silver.datasets import MODEL_DATASETS
from hublake.lake.schema.silver.licenses import LICENSE_CATALOGUE, MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.reader import PublishedTables

MAX_SECTION_CHARACTERS = 2000  # of the author's own words on a topic
# Classes of sections that a bill of materials has a place for.
SECTIONS = ("intended_use", "out_of_scope", "limitations", "bias", "risks", "ethics", "environment", "training")
PAPER = re.compile(r"arxiv:(\d{4}\.\d{4,5})", re.ASCII | re.IGNORECASE)  # a tag that the Hub derives from links in the card

# In the queries, $day is the day of the snapshot; {name} is an SQL relation with at least the rows of that table on the selected models.
_LICENSES = """
    SELECT model_id, list({{'license': license, 'name': license_name, 'link': license_link, 'spdx_id': spdx_id, 'title': title,
                            'text_link': text_link}} ORDER BY license) AS licenses
    FROM (SELECT model_id, license, license_name, license_link, coalesce(resolved_license, license) AS meant
          FROM {model_licenses} WHERE snapshot_date = $day AND model_id IN (SELECT model_id FROM selected)) AS declared
    LEFT JOIN (SELECT license AS meant, name AS title, spdx_id, text_link FROM {license_catalogue}
               WHERE snapshot_date = (SELECT max(snapshot_date) FROM {license_catalogue})) AS catalogue USING (meant)
    GROUP BY model_id
"""
_PARENTS = """
    SELECT child_id AS model_id, list({{'id': parent_id, 'sha': sha, 'relation': relation, 'evidence': evidence, 'confidence': confidence,
                                        'is_guessed': evidence IN (SELECT unnest($guessed)), 'is_listed': parent_status <> 'missing'}}
                                       ORDER BY confidence DESC, parent_id, relation) AS parents
    FROM (SELECT * FROM {lineage_edges}
          WHERE snapshot_date = $day AND NOT is_self_loop AND child_id IN (SELECT model_id FROM selected)) AS edges
    LEFT JOIN (SELECT model_id AS parent_id, sha FROM {models} WHERE snapshot_date = $day
               AND model_id IN (SELECT parent_id FROM {lineage_edges}
                                WHERE snapshot_date = $day AND child_id IN (SELECT model_id FROM selected))) AS parents USING (parent_id)
    GROUP BY child_id
"""
_DATASETS = """
    SELECT model_id, list({{'id': coalesce(resolved_id, dataset_id), 'role': role}} ORDER BY dataset_id) AS datasets
    FROM {model_datasets}
    WHERE snapshot_date = $day AND NOT is_placeholder AND model_id IN (SELECT model_id FROM selected) GROUP BY model_id
"""
_SECTIONS = """
    SELECT model_id, list({{'section_class': section_class, 'text': left(text, $characters)}} ORDER BY ordinal) AS sections
    FROM {card_sections}
    WHERE snapshot_date = $day AND section_class IN (SELECT unnest($classes)) AND NOT is_placeholder AND NOT is_boilerplate
    AND word_count > 0 AND model_id IN (SELECT model_id FROM selected) GROUP BY model_id
"""
_OWN_WORDS = """
    SELECT model_id, sections_filled FROM {card_documentation}
    WHERE snapshot_date = $day AND model_id IN (SELECT model_id FROM selected)
"""
# Column -> its query, and the tables that it reads, with the column by which their rows are found.
_PARTS: Mapping[str, tuple[str, Mapping[Table, str]]] = {
    "licenses": (_LICENSES, {MODEL_LICENSES: "model_id", LICENSE_CATALOGUE: "license"}),
    "parents": (_PARENTS, {LINEAGE_EDGES: "child_id", MODELS: "model_id"}),
    "datasets": (_DATASETS, {MODEL_DATASETS: "model_id"}),
    "sections": (_SECTIONS, {CARD_SECTIONS: "model_id"}),
    "sections_filled": (_OWN_WORDS, {CARD_DOCUMENTATION: "model_id"}),
}

Relation = Callable[[Table, str], str]


def whole_table(table: Table, column: str) -> str:
    """The relation of all rows of a table."""
    return table.full_name


@dataclass(frozen=True)
class BomRecord:
    """The facts on one model. Lists are empty where nothing is declared; `sections` are (class, text) in the author's own words."""

    day: date
    model_id: str
    sha: str | None
    author: str | None
    created_at: datetime | None
    is_created_at_floor: bool
    last_modified_at: datetime | None
    pipeline_tag: str | None
    library_name: str | None
    architecture: str | None
    model_type: str | None
    parameters: int | None
    downloads_30d: int | None
    is_gated: bool
    tags: list[str]
    licenses: list[dict[str, Any]]
    parents: list[dict[str, Any]]
    datasets: list[dict[str, Any]]
    sections: list[tuple[str, str]]

    @property
    def papers(self) -> list[str]:
        """Addresses of the papers that the model's tags name."""
        found = (PAPER.fullmatch(tag) for tag in self.tags)
        return sorted({f"https://arxiv.org/abs/{match[1]}" for match in found if match})


def read_records(published: PublishedTables, day: date, relation: Relation = whole_table) -> Iterator[BomRecord]:
    """The records of the models in the temporary table `selected`, by name. Tables that are not published contribute nothing.

    `relation` gives for a table, and its column with the model, an SQL relation with at least the rows on these models and their parents.
    Cost: one scan of each relation; what exceeds the memory of readers is sorted in temporary files.
    """
    present = {
        name: query.format_map({table.name: relation(table, column) for table, column in tables.items()})
        for name, (query, tables) in _PARTS.items()
        if all(table.full_name in published.tables for table in tables)
    }
    of_model = [name for name in BomRecord.__dataclass_fields__ if name in MODELS.by_name]
    columns = [*of_model, *(name if name in present else f"NULL AS {name}" for name in _PARTS)]
    joins = " ".join(f"LEFT JOIN ({query}) USING (model_id)" for query in present.values())
    parameters: dict[str, Any] = {"day": day}
    if "parents" in present:
        parameters["guessed"] = list(GUESSED_EVIDENCE)
    if "sections" in present:
        parameters |= {"classes": list(SECTIONS), "characters": MAX_SECTION_CHARACTERS}
    source = relation(MODELS, "model_id")
    models = f"SELECT {', '.join(of_model)} FROM {source} WHERE snapshot_date = $day AND model_id IN (SELECT model_id FROM selected)"
    published.execute(f"SELECT {', '.join(columns)} FROM ({models}) {joins} ORDER BY model_id", parameters)
    names = [column[0] for column in published.connection.description or ()]
    for row in published.fetched():
        yield _record(day, dict(zip(names, row, strict=True)))


def _record(day: date, row: dict[str, Any]) -> BomRecord:
    filled = row.pop("sections_filled")
    own = [] if filled is None else filled
    sections = [(found["section_class"], " ".join(found["text"].split())) for found in row.pop("sections") or []]
    for name in ("tags", "licenses", "parents", "datasets"):
        row[name] = row[name] or []
    return BomRecord(day=day, sections=[(name, text) for name, text in sections if name in own and text], **row)
