"""Which sentences count as documentation, and how deep it is."""

import pytest

from hublake.rules.cards.assessment import assess_card
from hublake.rules.cards.card_section import StoredSection
from hublake.rules.cards.cue_phrases import describes_mitigation, mentioned_sections, reports_result, specific_details
from hublake.rules.cards.documentation import Documentation, document
from hublake.rules.cards.parsed_card import ParsedSection, parse_card
from hublake.rules.cards.sections import split_sections

TEMPLATE = "Bias, Risks, and Limitations"
RECOMMENDED = "Users (both direct and downstream) should be made aware of the risks, biases and limitations of the model."


def documented(text: str, language: str | None = "en") -> Documentation:
    return document(parse_card(text).sections, language)


def section(text: str, parent_overlap_share: float | None = None) -> ParsedSection:
    """A section on bias."""
    (plain,) = split_sections(text)
    return ParsedSection(plain, ("bias",), parent_overlap_share=parent_overlap_share)


def test_own_words_in_the_hub_s_template_section_count_for_every_class_that_it_names() -> None:
    columns = documented(f"# M\n## {TEMPLATE}\nIt was only tried on short letters.").as_columns()
    assert [columns[f"has_{name}"] for name in ("limitations", "bias", "risks", "ethics")] == [True, True, True, False]
    assert columns["bias_own_words"] == 7


def test_the_empty_template_has_no_own_words() -> None:
    text = f"# M\n## {TEMPLATE}\n[More Information Needed]\n### Recommendations\n{RECOMMENDED} More information needed for further recommendations."
    columns = documented(text).as_columns()
    assert [name for name, value in columns.items() if name.startswith("has_") and value] == []
    assert (columns["depth"], columns["specificity"], columns["readability"]) == (1, None, None)


def test_a_heading_with_another_subject_counts_only_for_sentences_that_mention_a_concern() -> None:
    uses = documented("# M\n## Intended uses & limitations\nUse it to label letters.").as_columns()
    limits = documented("# M\n## Intended uses & limitations\nUse it to label letters. It does not work well on invoices.").as_columns()
    assert (uses["has_limitations"], limits["has_limitations"]) == (False, True)
    assert limits["limitations_own_words"] == 7


def test_sentences_elsewhere_count_for_a_class_without_own_words_under_a_heading() -> None:
    text = "# M\nThis model may reproduce stereotypes found in its news articles.\n## Citation\nOn the limitations of bias in language models, 2020."
    columns = documented(text).as_columns()
    assert (columns["has_bias"], columns["has_limitations"]) == (True, False)


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("# M\nA speech model.", 0),
        ("# M\n## Limitations\nTODO", 1),
        ("# M\nThe model may be biased, so use it carefully.", 2),
        ("# M\nSee the base model to know more about limitations and biases.", 1),
        ("# M\n## Bias\nThere are no known biases.", 1),
        ("# M\n## Limitations\nThe model makes mistakes.", 2),
        ("# M\n## Bias\nIt works less well for older people.", 3),
        ("# M\n## Limitations\nIt struggles with sarcasm.", 3),
        ("# M\n## Bias\nIt was trained on Wikipedia alone.", 3),
        ("# M\n## Bias\nAccuracy is 7% lower for women than for men.", 4),
        ("# M\n## Bias\nIt works less well for older people.\n## Recommendations\nWe recommend a human review of each decision.", 3),
        ("# M\n## Bias\nIt works less well for older people. We rebalanced the training data by age.", 4),
        ("# M\n## Bias\nThe model makes mistakes.\n## Recommendations\nWe recommend a human review of each decision.", 2),
    ],
)
def test_depth_is_that_of_the_deepest_sentence_and_its_mitigation(text: str, depth: int) -> None:
    assert documented(text).depth == depth


@pytest.mark.parametrize(("language", "depth"), [("en", 2), (None, 2), ("ja", None)])
def test_depth_is_unknown_in_a_language_in_which_it_was_not_measured(language: str | None, depth: int | None) -> None:
    columns = documented("# M\n## Bias\nIt is biased.", language).as_columns()
    assert (columns["depth"], columns["has_bias"]) == (depth, True)


def test_documentation_is_inherited_if_most_of_it_is_in_a_parent_s_card() -> None:
    sections = [section("Old words stand here, ten of them or a few more.", 1.0), section("New words.", 0.0)]
    assert document(sections, "en").as_columns()["is_bias_inherited"] is True
    assert document(sections[1:], "en").as_columns()["is_bias_inherited"] is False
    assert document([], "en").as_columns()["is_bias_inherited"] is False


def test_readability_is_computed_for_english_only() -> None:
    sections = [section("The model is biased.")]
    assert document(sections, "de").as_columns()["readability"] is None
    assert document(sections, "en").as_columns()["readability"] == pytest.approx(206.835 - 1.015 * 4 - 84.6 * 6 / 4)


def test_specificity_is_the_share_of_sentences_that_name_a_detail() -> None:
    found = document([section("It is weak. It confuses Danish and Swedish words.")], "en")
    assert [(s.level, s.details) for s in found.concerns] == [(2, ()), (3, ("language",))]
    assert found.specificity == 0.5


def test_the_name_of_a_declared_dataset_is_a_detail() -> None:
    assert specific_details("Most of acme/letters is formal.", ["acme/letters"]) == ("dataset",)


@pytest.mark.parametrize(
    "text",
    [
        "Logged with Weights & Biases.",
        "bias=False in all layers",
        "A classifier of toxic comments.",
        "The attention bias is learned.",
        "including but not limited to Python",
    ],
)
def test_a_word_in_another_sense_is_no_mention(text: str) -> None:
    assert mentioned_sections(text) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "模型可能带有偏见。",
        "このモデルは偏見を含む可能性があります。",
        "이 모델은 편향이 있을 수 있습니다.",
        "El modelo puede tener sesgos de género.",
        "Le modèle peut reproduire des stéréotypes.",
        "Das Modell kann Vorurteile aus den Daten wiedergeben.",
        "O modelo pode reproduzir preconceitos.",
        "Модель может воспроизводить предвзятые суждения.",
        "Il modello può riprodurre pregiudizi.",
        "قد يعكس النموذج التحيزات الموجودة في البيانات.",
    ],
)
def test_an_admitted_bias_is_found_in_other_main_languages(text: str) -> None:
    assert mentioned_sections(text) == {"bias"}
    assert documented(f"# M\n## Bias\n{text}", None).depth == 2


@pytest.mark.parametrize("text", ["没有已知的偏见。", "Aucun biais connu.", "Keine bekannten Verzerrungen.", "Нет известных ограничений."])
def test_a_denial_discloses_nothing_in_any_language(text: str) -> None:
    assert documented(f"# M\n## Bias\n{text}", None).depth == 1


def test_a_section_that_very_many_cards_share_is_present_but_not_filled() -> None:
    card = parse_card("## Bias\nIt has a liking for older people.\n## Risks\nIt may leak names.")
    bias, risks = (section.as_columns() for section in card.sections)
    own = assess_card([StoredSection.from_row(bias), StoredSection.from_row(risks)])
    shared = assess_card([StoredSection.from_row(bias, is_shared=True), StoredSection.from_row(risks)])
    assert (own.filled, shared.filled, shared.present) == (("bias", "risks"), ("risks",), ("bias", "risks"))
    assert not StoredSection.from_row(bias, is_shared=True).is_filled


def test_a_year_or_a_model_name_is_no_figure() -> None:
    assert specific_details("GPT-2 of 2019 is the base, version 3.") == ()
    assert reports_result("Its WER is 12.5 on this set.")
    assert not reports_result("Its WER is good.")
    assert describes_mitigation("We filtered out hateful posts.")
