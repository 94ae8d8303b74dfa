"""One model as the Hub and its card describe it now: rows of silver by the rules that the jobs apply."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from hublake.lake.enums import EVIDENCE, GUESSED_EVIDENCE
from hublake.lake.errors import HublakeError
from hublake.rules.cards.assessment import assess_card
from hublake.rules.cards.authoring_tools import detect_generator
from hublake.rules.cards.fetched_card import ReadCard, read_card
from hublake.rules.cards.front_matter import CardFields, declared_fields, parse_card_data
from hublake.rules.cards.parsed_card import parse_card
from hublake.rules.datasets.model_datasets import dataset_rows
from hublake.rules.languages.model_languages import declared_language_rows, named_language_rows
from hublake.rules.licenses.model_licenses import license_rows
from hublake.rules.lineage.card_statements import stated_parents
from hublake.rules.lineage.declared_parents import DeclaredParent, ModelMetadata, declared_parents
from hublake.rules.listings.hub_object import HubObject
from hublake.rules.listings.listed_models import model_row
from hublake.rules.listings.model_configs import config_row
from hublake.rules.listings.model_items import LISTED_MODEL
from hublake.rules.listings.repository_items import name_of
from hublake.serving.card_statements import assessed_statements

Row = dict[str, Any]
LIVE_KEYS = ("childrenModelCount", "usedStorage")  # of single models only; no listing contains them


class LiveModel:
    """A model's item and, once `with_card` was called, its card. Raises HublakeError for an item that is no model."""

    def __init__(self, body: str) -> None:
        self.body = body
        try:
            values = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise HublakeError(f"the Hub sent metadata that is no JSON ({error})") from None
        if not isinstance(values, dict):
            raise HublakeError("the Hub sent metadata that is no JSON object")
        self.values: Mapping[str, Any] = values
        item = LISTED_MODEL.validate({key: value for key, value in values.items() if key not in LIVE_KEYS})
        name = name_of(item)
        if not name:
            raise HublakeError("the Hub sent metadata without a name")
        self.model_id = name
        self._item = item
        self._card: ReadCard | None = None

    def with_card(self, body: bytes | None) -> None:
        """Read the card's bytes; None for a model without one."""
        if body is not None:
            record = {
                "hub_id": self.row["hub_id"],
                "sha": self.row["sha"],
                "card_bytes": len(body),
                "encoding": None,
                "is_truncated": False,
            }
            self._card = read_card({**record, "body": body})

    @cached_property
    def row(self) -> Row:
        """The row of silver.models."""
        hub_id = self.values.get("_id")
        return {"hub_id": hub_id if isinstance(hub_id, str) else "", **model_row(self._fresh_item())}

    def _fresh_item(self) -> HubObject:
        return HubObject(self._item.values, list(self._item.oddities))

    @property
    def card_text(self) -> str | None:
        return None if self._card is None else self._card.columns["text"]

    @cached_property
    def _declared(self) -> tuple[CardFields, str | None]:
        if self._card is None:
            return parse_card_data(self.row["card_data"]), "card_data"
        return declared_fields(self._card.front, self.row["card_data"])

    def _declaration(self) -> Row:
        """What the rules on declared values read: a row of a model with its card."""
        fields, source = self._declared
        return {"model_id": self.model_id, "tags": self.row["tags"], "fields_source": source or "card", **fields.as_columns()}

    def parents(self) -> list[DeclaredParent]:
        """The claims of the model, strongest first, each parent and relation once; claims that name no model have a `problem`."""
        fields, _ = self._declared
        claims = declared_parents(
            ModelMetadata(
                model_id=self.model_id,
                tags=self.row["tags"],
                file_names=self.row["file_names"],
                library_name=self.row["library_name"],
                hub_parents=self.row["hub_parents"],
                hub_relation=self.row["hub_relation"],
                base_models=fields.base_models,
                base_model_relation=fields.base_model_relation,
                stated_parents=stated_parents(self.card_text or "", self.model_id),
            )
        )
        strongest: dict[tuple[str, str], DeclaredParent] = {}
        for claim in sorted(claims, key=lambda claim: (not claim.is_relation_declared, EVIDENCE.index(claim.evidence))):
            is_settled = any(parent == claim.parent and found.is_relation_declared for (parent, _), found in strongest.items())
            if claim.is_relation_declared or not is_settled:
                strongest.setdefault((claim.parent, claim.relation), claim)
        return list(strongest.values())

    @property
    def names_parent(self) -> bool:
        """Whether its metadata names a parent, so that the card's text does not count."""
        return any(claim.problem is None and claim.evidence not in GUESSED_EVIDENCE for claim in self.parents())

    def licenses(self) -> list[Row]:
        """The rows of silver.model_licenses."""
        return _without_name(license_rows({**self._declaration(), "file_names": self.row["file_names"]}))

    def datasets(self) -> list[Row]:
        """The rows of silver.model_datasets; whether the datasets exist is not looked up."""
        results = None if self._card is None else self._card.columns["front_matter"]
        config = self.config() or {}
        row = {
            **self._declaration(),
            "role_tags": self.row["tags"],
            "results": results if results and '"model-index"' in results else None,
            "eval_datasets": config.get("eval_datasets"),
        }
        return [{**found, "dataset_status": "not looked up"} for found in _without_name(dataset_rows(row))]

    def languages(self) -> list[Row]:
        """The rows of silver.model_languages that are declared or in the name."""
        declaration = self._declaration()
        return [*_without_name(declared_language_rows(declaration)), *_without_name(named_language_rows(declaration))]

    def config(self) -> Row | None:
        """The row of silver.model_configs."""
        return config_row(self._fresh_item())

    def documentation(self) -> Row:
        """The columns of gold.card_documentation; `sentences` earned the depth, `statements` the classes. Text of parents is not known."""
        text = self.card_text
        if self._card is None or not (text or "").strip():
            return {"has_card": False}
        assert text is not None
        sections = parse_card(text).sections
        found = assess_card(sections, self._card.columns["language_of_text"], self._declared[0].datasets)
        columns = found.documentation.as_columns()
        spans = zip(columns["evidence_starts"], columns["evidence_ends"], strict=True)
        return {
            "has_card": True,
            "generator": sections[0].generator if sections else detect_generator(text),
            "sections_present": list(found.present),
            "sections_filled": list(found.filled),
            **columns,
            "sentences": [" ".join(text[start:end].split()) for start, end in spans],
            "statements": assessed_statements(found, columns),
            "card": {name: value for name, value in self._card.columns.items() if name != "text"},
        }


def _without_name(rows: Any) -> list[Row]:
    return [{name: value for name, value in row.items() if name != "model_id"} for row in rows]
