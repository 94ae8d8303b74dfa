"""Checks of silver.parsed_sections."""

from hublake.expectations.builders import MissingFrom, expect_no_rows
from hublake.lake.enums import SENTENCE_KINDS

_KINDS = ", ".join(f"'{kind}'" for kind in SENTENCE_KINDS)

CHECKS = [
    expect_no_rows(
        "every section belongs to a card",
        "SELECT model_id FROM {batch} LEFT ANTI JOIN {model_cards} USING (model_id)",
        guards_against="sections of a card that is not in the snapshot",
        prefilter=MissingFrom("model_cards", "model_id"),
    ),
    expect_no_rows(
        "every sentence has a kind, offsets and a digest entry",
        "SELECT model_id, ordinal FROM {batch} WHERE size(sentence_kinds) <> size(sentences) OR size(sentence_starts) <> size(sentences)"
        " OR size(sentence_ends) <> size(sentences) OR size(sentence_digests) <> size(sentences)",
        guards_against="arrays of different lengths, which attribute a kind or an offset to the wrong sentence",
    ),
    expect_no_rows(
        "sentence kinds are known",
        f"SELECT model_id, ordinal FROM {{batch}} WHERE size(array_except(sentence_kinds, array({_KINDS}))) > 0",
        guards_against="sentences of a kind that no rule counts",
    ),
    expect_no_rows(
        "sentences are inside their section",
        "SELECT model_id, ordinal FROM {batch} WHERE array_min(sentence_starts) < text_start OR array_max(sentence_ends) > text_end",
        guards_against="evidence offsets that point into another section",
    ),
]
