"""Decode cards, parse front matter, split sections and classify sentences."""

import json
from typing import Any

import pytest

from hublake.lake.curated import curated
from hublake.lake.enums import SECTION_CLASSES, YAML_STATUS
from hublake.rules.cards.card_text import decode_card, word_count_and_language
from hublake.rules.cards.front_matter import parse_card_data, parse_fields, split_front_matter
from hublake.rules.cards.headings import heading_classes, section_classes
from hublake.rules.cards.markup import render_html, split_blocks
from hublake.rules.cards.sections import split_sections
from hublake.rules.cards.sentences import (
    Sentence,
    classify_sentence,
    placeholder_or_boilerplate,
    sentence_digest,
    sentences_of_blocks,
)
from hublake.rules.cards.words import count_words


def parsed(markdown: str) -> list[Sentence]:
    return list(sentences_of_blocks(split_blocks(render_html(markdown))))


@pytest.mark.parametrize(
    ("card", "status"),
    [
        ("---\nlicense: mit\n---\ntext", "valid"),
        ("\n  \n---\nlicense: mit\n---", "valid"),
        ("---\r\nlicense: mit\r\n---\r\ntext", "valid"),
        ("---\n---\ntext", "valid"),
        ("---\nlicense: mit\ntext without an end", "unclosed"),
        ("----\nlicense: mit\n----\n", "none"),
        ("# Title\n---\nlicense: mit\n---\n", "none"),
        ("---\nlicense:\tmit\n\ttags: x\n---\n", "invalid"),
        ("---\na: [1\n---\n", "invalid"),
        ("---\nlicense: mit\nlicense: gpl\n---\n", "invalid"),
        ("---\na: *nowhere\n---\n", "invalid"),
        ("---\n- mit\n- en\n---\n", "not_a_mapping"),
        ("---\nJust words between two rules\n---\n", "not_a_mapping"),
        ("---\na: !!python/object/apply:os.system ['true']\n---\n", "invalid"),
        ("---\na: " + "[" * 98 + "]" * 98 + "\n---\n", "valid"),
        ("---\na: " + "[" * 100 + "]" * 100 + "\n---\n", "too_complex"),
        (
            "---\na: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(f"b{i}: &b{i} [{'*a, ' * 9}*a]\n" for i in range(6000)) + "---\n",
            "too_complex",
        ),
        ("---\na: '" + "x" * 4_000_001 + "'\n---\n", "too_complex"),
    ],
)
def test_front_matter_has_one_status_of_the_vocabulary(card: str, status: str) -> None:
    assert split_front_matter(card).status == status
    assert status in YAML_STATUS


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_front_matter_ends_at_a_line_of_three_dashes_with_any_line_end(end: str) -> None:
    card = end.join(("---", "a: x---", "b: |+", "  ---- y", "---  ", "text"))
    assert split_front_matter(card).body == "text"
    assert (split_front_matter(card).data or {})["a"] == "x---"


def test_control_characters_separate_words_in_ascii_and_other_text() -> None:
    assert [count_words(text) for text in ("a\x1cb", "é\x1cb", "a-b")] == [2, 2, 1]


def test_scalars_are_those_of_yaml_1_2() -> None:
    data = split_front_matter(
        "---\nlanguage: [no, yes, on]\nsince: 2022-03-02\nflag: true\nquoted: 'true'\nscore: .nan\nbig: 99999999999999999999\n---\n"
    ).data
    assert data == {
        "language": ["no", "yes", "on"],
        "since": "2022-03-02",
        "flag": True,
        "quoted": "true",
        "score": ".nan",
        "big": "99999999999999999999",
    }


def test_front_matter_as_json_is_json_without_nan_or_lone_surrogates() -> None:
    front = split_front_matter("---\na: .inf\nb: {c: [1, 2.5, null]}\n1: x\n---\n")
    assert json.loads(front.as_json() or "") == {"a": ".inf", "b": {"c": [1, 2.5, None]}, "1": "x"}


def test_an_alias_is_replaced_by_its_value() -> None:
    assert split_front_matter("---\na: &x [1, 2]\nb: *x\n---\n").data == {"a": [1, 2], "b": [1, 2]}


def test_the_body_is_the_text_below_a_mapping_or_the_whole_text_without_one() -> None:
    assert split_front_matter("---\nlicense: mit\n---\nHello").body == "Hello"
    assert split_front_matter("---\nlicense: [mit\n---\nHello").body == "Hello"
    assert split_front_matter("---\nwords\n---\nHello").body == "---\nwords\n---\nHello"


@pytest.mark.parametrize(
    ("data", "field", "expected"),
    [
        ({"license": ["cc0-1.0"]}, "licenses", ["cc0-1.0"]),
        ({"license": None}, "licenses", []),
        ({"liscence": "mit"}, "licenses", ["mit"]),
        ({"licence": "gpl-3.0", "license": "mit"}, "licenses", ["mit"]),
        ({"language": False}, "languages", ["no"]),
        ({"language": [False, "sv"]}, "languages", ["no", "sv"]),
        ({"language": [{"en": None}]}, "languages", ["en"]),
        ({"language": None}, "languages", []),
        ({"tags": "one"}, "card_tags", ["one"]),
        ({"tags": [None, False, True, {"fill-mask": None}, "x", "x"]}, "card_tags", ["fill-mask", "x"]),
        ({"datasets": [{"FOSD": "https://example.org"}, 42, " a "]}, "datasets", ["FOSD", "42", "a"]),
        ({"tags": [{"adapter": None}, {"en": None, "fr": None}]}, "card_tags", ["adapter", "en", "fr"]),
        ({"base_model": "m/base"}, "base_models", ["m/base"]),
        ({"base_model": ["m/a", "m/b"]}, "base_models", ["m/a", "m/b"]),
        ({"base_model": {"model": "m/base", "revision": "main"}}, "base_models", ["m/base"]),
        ({"base_model": {"revision": "main", "name": "m/base", "type": "causal"}}, "base_models", ["m/base"]),
        ({"base_model": {"name": "Base", "id": "m/base"}}, "base_models", ["m/base"]),
        ({"base_model": [{"model": "m/a", "parameters": {"weight": 0.6}}, {"model": "m/b"}]}, "base_models", ["m/a", "m/b"]),
        ({"base_model": {"models": [{"model": "m/a"}, {"model": "m/b"}], "merge_method": "ties"}}, "base_models", ["m/a", "m/b"]),
        ({"base_model": {"m/a": {"weight": 0.6}, "m/b": None}}, "base_models", ["m/a", "m/b"]),
        ({"base_model": {"gpt2": None, "revision": "main"}}, "base_models", ["gpt2"]),
        ({"base_model": {"text": "m/bert", "vision": "m/vit", "weight": 1}}, "base_models", ["m/bert", "m/vit"]),
        ({"base_model": {"revision": "main", "weight": 0.5}}, "base_models", []),
        ({"base_model": "\u200bm/base\u00a0"}, "base_models", ["m/base"]),
        ({"language": {"code": False, "name": "Norwegian"}}, "languages", ["no"]),
        ({"language": ["en\u200b", "\u00a0sv"]}, "languages", ["en", "sv"]),
        ({"license": {"name": "mit", "link": "LICENSE"}}, "licenses", ["mit"]),
        ({"license": "mit\ufeff"}, "licenses", ["mit"]),
        ({"datasets": [{"name": "squad", "args": "plain_text"}, {"path": "acme/\u2060set"}]}, "datasets", ["squad", "acme/set"]),
        ({"license_name": "an open\nlicence"}, "license_name", "an open\nlicence"),
        ({"base_model_relation": ["merge"]}, "base_model_relation", "merge"),
        ({"pipeline_tag": True}, "pipeline_tag", None),
        ({"pipeline-tag": "fill-mask"}, "pipeline_tag", "fill-mask"),
        ({"library_name": ["peft", "trl"]}, "library_name", "peft"),
        ({"license_name": "x\ud800y\0"}, "license_name", "x?y"),
    ],
)
def test_fields_are_read_from_values_of_any_shape(data: dict[str, Any], field: str, expected: Any) -> None:
    assert getattr(parse_fields(data), field) == expected


def test_card_data_of_the_listing_is_parsed_like_front_matter() -> None:
    assert parse_card_data('{"license": "mit", "language": false}').languages == ["no"]
    for broken in (None, "", "[]", "null", "{", "[" * 100_000):
        assert parse_card_data(broken).licenses == []


@pytest.mark.parametrize(
    ("body", "encoding", "content", "text"),
    [
        (b"", "utf-8", "empty", None),
        (b" \n\t", "utf-8", "empty", None),
        ("\ufeff\u200b".encode(), "utf-8-sig", "empty", None),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "utf-8", "lfs_pointer", None),
        ("\ufeffGrüße".encode("utf-16-le"), "utf-16-le", "text", "Grüße"),
        ("Grüße".encode("utf-16-be"), "utf-16-be", "text", "Grüße"),
        ("\ufeffHi".encode(), "utf-8-sig", "text", "Hi"),
        ("Un modèle général de reconnaissance".encode("latin-1"), "unknown", "text", "Un mod\ufffdle g\ufffdn\ufffdral de reconnaissance"),
        (bytes(range(256)) * 4, "unknown", "not_text", None),
        ("模型卡片说明".encode("gb18030"), "unknown", "not_text", None),
    ],
)
def test_bytes_are_decoded_or_their_content_is_named(body: bytes, encoding: str, content: str, text: str | None) -> None:
    assert decode_card(body, encoding) == (content, text)


def test_a_text_below_twenty_words_has_no_language_and_neither_has_code() -> None:
    assert word_count_and_language("Too short to tell.") == (4, None)
    assert (
        word_count_and_language(
            "Ce modèle a été entraîné sur des articles de presse français et reconnaît les noms de personnes, de lieux et d'organisations."
        )[1]
        == "fr"
    )
    assert word_count_and_language("```python\n" + "import torch as t\n" * 30 + "```") == (0, None)


def test_hash_lines_in_code_or_comments_are_no_headings() -> None:
    card = "# A\n```\n# code\n```\n    # indented\n<!--\n## Hidden\n-->\n~~~\n## x\n~~~\n## B\n"
    assert [s.heading for s in split_sections(card)] == ["A", "B"]


def test_setext_html_and_bold_headings_count() -> None:
    card = "Bias\n----\nx\n\n<h3 align='center'>Risks <b>here</b></h3>\n\ny\n\n**Limitations:**\n\nz\n\n**Note** not alone\n"
    assert [(s.level, s.heading, s.text.split("\n")[0]) for s in split_sections(card)] == [
        (2, "Bias", "x"),
        (3, "Risks here", "y"),
        (6, "Limitations", "z"),
    ]


def test_sections_contain_all_text() -> None:
    card = "intro\n# A\na1\n\na2\n## B\n- b1\n  - b2\n\n> quote\n<div><h2>C</h2>c1</div>\nc2"
    texts = " ".join(f"{s.heading or ''} {s.text}" for s in split_sections(card))
    assert all(word in texts for word in ("intro", "A", "a1", "a2", "B", "b1", "b2", "quote", "C", "c1", "c2"))


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Bias, Risks, and Limitations", ("limitations", "bias", "risks")),
        ("Limitations & bias", ("limitations", "bias")),
        ("Known limitations of the model", ("limitations",)),
        ("Intended uses & limitations", ("limitations", "intended_use")),
        ("Out-of-Scope Use", ("out_of_scope",)),
        ("Ethical considerations", ("ethics",)),
        ("Caveats and Recommendations", ("limitations", "recommendations")),
        ("⚠️ Biases", ("bias",)),
        ("4.2 Environmental Impact", ("environment",)),
        ("Training Data", ("training_data",)),
        ("Training procedure", ("training",)),
        ("How to Get Started with the Model", ("how_to_start",)),
        ("Evaluation results", ("evaluation",)),
        ("Model Card Contact", ("contact",)),
        ("局限性与偏见", ("limitations",)),
        ("Limitaciones", ("limitations",)),
        ("Credit risk scoring of small firms in northern Peru", ()),
        ("wav2vec2-base-timit", ()),
        ("", ()),
    ],
)
def test_a_heading_names_its_classes(heading: str, expected: tuple[str, ...]) -> None:
    assert heading_classes(heading) == expected


def test_a_title_names_a_class_only_if_it_matches_in_full() -> None:
    assert section_classes([(1, "Bias in BERT"), (2, "Limitations")]) == [("other",), ("limitations",)]
    assert section_classes([(1, "Limitations")]) == [("limitations",)]
    assert section_classes([(2, "Results on the dev set"), (2, "Citation")]) == [("evaluation",), ("citation",)]
    assert section_classes([(1, "Discord model")]) == [("other",)]


def test_a_sub_section_without_a_class_inherits_its_parent_s_until_a_heading_listed_as_other() -> None:
    card = [(1, "X"), (2, "Limitations"), (3, "Long documents"), (4, "Tables"), (3, "License"), (2, "Something else"), (0, None)]
    assert [named[0] for named in section_classes(card)] == [
        "other",
        "limitations",
        "limitations",
        "limitations",
        "other",
        "other",
        "other",
    ]


def test_every_curated_row_has_a_source_and_a_known_class() -> None:
    lists = (
        "section_headings",
        "boilerplate",
        "generators",
        "documentation_cues",
        "licenses",
        "placeholder_datasets",
        "not_languages",
        "language_aliases",
    )
    assert [row for name in lists for row in curated(name) if not row["source"]] == []
    assert {name for row in curated("section_headings") for name in row["section_class"].split()} <= set(SECTION_CLASSES)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[More Information Needed]", "placeholder"),
        ("Developed by: [More Information Needed]", "placeholder"),
        ("More information needed for further recommendations.", "placeholder"),
        ("TODO: add the results", "placeholder"),
        ("N/A", "placeholder"),
        ("coming soon...", "placeholder"),
        ("[TODO: provide examples of latent issues and potential remediations]", "placeholder"),
        ("Users (both direct and downstream) should be made aware of the risks, biases and limitations of the model.", "template"),
        ("Carbon emissions can be estimated using the Machine Learning Impact calculator presented in Lacoste et al.", "template"),
        ("This model is a fine-tuned version of bert-base on the glue dataset.", "template"),
        ("This model was trained from scratch on an unknown dataset.", "template"),
        ("learning_rate: 2e-05", "template"),
        ("Transformers 4.17.0.dev0", "template"),
        ("Transformers are large and need memory.", "own"),
        ("This model is a fine-tuned version of BERT that our clinic uses for letters.", "own"),
        ("Users should be made aware that it fails on dialects.", "own"),
        ("More information is needed about how the model treats women in the medical domain of cardiology.", "own"),
        ("Paper:", "label"),
        ("English only", "own"),
    ],
)
def test_a_sentence_is_own_template_placeholder_or_label(text: str, kind: str) -> None:
    assert classify_sentence(text) == kind


def test_a_section_is_placeholder_or_boilerplate_only_without_own_sentences() -> None:
    placeholder = parsed("- **Hours used:** [More Information Needed]\n\n<!-- explain -->\n")
    stub = parsed(
        "The following hyperparameters were used during training:\n- seed: 42\n\n| Training Loss | Epoch |\n|:-:|:-:|\n| 0.1 | 1 |\n"
    )
    own = parsed("- seed: 42\n- It confuses Danish and Norwegian.\n")
    code = parsed("```\nx = 1\n```")
    assert [placeholder_or_boilerplate(found) for found in (placeholder, stub, own, code, [])] == [
        (True, False),
        (False, True),
        (False, False),
        (False, False),
        (True, False),
    ]


def test_a_long_ruler_is_a_label() -> None:
    assert [classify_sentence("- " * 1_000), classify_sentence("so " * 1_000)] == ["label", "own"]


def test_digests_ignore_case_markup_and_short_sentences() -> None:
    with_markup, short = parsed("It fails on **long** texts. See below.")
    assert sentence_digest(with_markup.text) == sentence_digest("it fails on long texts!") is not None
    assert sentence_digest(short.text) is None
