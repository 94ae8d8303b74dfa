"""Claims in plain prose, outside a heading of their class: constructions of English, and what looks like them and claims nothing."""

import pytest

from hublake.rules.cards.cue_phrases import (
    describes_mitigation,
    mentioned_sections,
    named_sections,
    reports_result,
    says_nothing,
    specific_details,
)
from hublake.rules.cards.phrases import cues_in, may_contain, without_cue


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The reader cannot tell a seven from a one.", "limitations"),
        ("Numbers above a thousand come out scrambled.", "limitations"),
        ("Its Danish is shaky.", "limitations"),
        ("Rare birds are mostly called sparrows.", "limitations"),
        ("Accuracy drops by a third on phone recordings.", "limitations"),
        ("No one has tried it on X-rays of animals.", "limitations"),
        ("The policy gives up when a drawer is locked.", "limitations"),
        ("We only had daylight pictures.", "limitations"),
        ("Error for Black patients is twice that for white patients.", "bias"),
        ("Names that sound foreign get a worse score.", "bias"),
        ("We checked selection rates for men and women: 31% and 24%.", "bias"),
        ("It could be used to write phishing mails.", "risks"),
        ("It was never taught to refuse.", "risks"),
        ("The arm can pinch fingers.", "risks"),
        ("Do not let it grade exams.", "out_of_scope"),
        ("It must not decide who gets a loan.", "out_of_scope"),
        ("We did not build it for emergency calls.", "out_of_scope"),
        ("It is no replacement for a lawyer.", "out_of_scope"),
        ("Check names and dates before you publish.", "recommendations"),
        ("Operators should keep a log of overrides.", "recommendations"),
        ("Ask a native speaker to read the result.", "recommendations"),
        ("Outputs should be reviewed by a nurse.", "recommendations"),
        ("The singers signed a release and get a share of sales.", "ethics"),
        ("It has no moderation layer.", "limitations"),
        ("This is merely a prototype.", "limitations"),
        ("Roofs smaller than a pixel cannot be detected.", "limitations"),
        ("We tested it mainly on Danish letters.", "limitations"),
        ("Dates may not be fully accurate.", "limitations"),
        ("The corpus is rather noisy.", "limitations"),
        ("It can be sensitive to glare.", "limitations"),
        ("Summaries may contain outright misleading dates.", "limitations"),
        ("The corpus skews towards male clerks.", "bias"),
        ("It may not represent all dialects equally.", "bias"),
        ("It asserts false claims about judges.", "risks"),
        ("We advise against using it in court.", "out_of_scope"),
        ("Avoid using it for tax returns.", "out_of_scope"),
        ("We do not advise you to use it for chat.", "out_of_scope"),
        ("Developers should work with their safety team.", "recommendations"),
        ("Dark scenes must be routed to a clerk.", "recommendations"),
        ("We encourage users to validate dates.", "recommendations"),
        ("Exercise caution with old letters.", "recommendations"),
        ("Human oversight is strongly recommended.", "recommendations"),
        ("Old ink remains difficult.", "limitations"),
        ("Its vocabulary lacks the names of farms.", "limitations"),
        ("Make sure a person reviews each letter.", "recommendations"),
        ("Outputs may favour rich towns.", "bias"),
        ("It is not meant to replace a clerk.", "out_of_scope"),
        ("Long ballads trip it up.", "limitations"),
        ("Rare towns are often spelled incorrectly.", "limitations"),
        ("Coverage of hill farms is thin.", "limitations"),
        ("Its world view is that of one newspaper.", "bias"),
        ("It may be used for fake profiles.", "risks"),
        ("The authors prohibit the use of it by the police.", "out_of_scope"),
        ("Have a lawyer read each letter.", "recommendations"),
        ("古いかな文字は精度が落ちます。", "limitations"),
        ("发布前请人工审核。", "recommendations"),
        ("Se recomienda revisar las fechas.", "recommendations"),
        ("Il comprend moins bien le breton.", "limitations"),
    ],
)
def test_a_claim_in_plain_prose_is_found_by_its_construction(text: str, name: str) -> None:
    assert name in mentioned_sections(text)


@pytest.mark.parametrize(
    "text",
    [
        "The tokenizer ignores case.",
        "Do not use a batch size above 8.",
        "It detects insults, threats and slurs in chats.",
        "The model predicts the risk of stroke within a year.",
        "Only the last layer was trained.",
        "Women's volleyball scores from 2019 to 2021.",
        "Missing values are replaced by the mean.",
        "The licence does not allow commercial use.",
        "Check the documentation for more options.",
        "Responses are limited to 512 tokens.",
        "In this paper we show that existing methods struggle with long texts.",
        "You assume all risks associated with your exercise of permissions.",
        "Do not use beam search: it falls into loops.",
        "We advise you to install the latest version.",
        "It was built to remove lookahead bias from the returns.",
        "Read the trade-offs of both encoders in the table.",
        "Our taxonomy does not reflect every law on weapons.",
    ],
)
def test_settings_labels_licences_and_abstracts_claim_nothing(text: str) -> None:
    assert mentioned_sections(text) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "There is no quality loss.",
        "Without loss of quality.",
        "Virtually no loss of accuracy.",
        "No noticeable quality degradation.",
        "The quality loss is negligible.",
        "The quality loss compared to 16 bits is very small.",
        "Minimal quality loss compared to the original.",
        "large, very low quality loss - recommended",
        "It does not suffer from quality loss.",
        "We calibrate it to minimise any loss of accuracy.",
        "It loses little accuracy.",
        "It loses almost no fluency.",
        "Unlike others, it does not lose coherence.",
        "It runs faster without losing accuracy.",
        "It has been trained on only one epoch.",
        "Trained only on public data.",
        "Weights were trained on only 2 A100s.",
        "We fixed the bug that caused endless repetition.",
        "This release fixes the repetition loops of the last.",
    ],
)
def test_a_loss_that_is_denied_or_small_and_a_mended_fault_are_no_limits(text: str) -> None:
    assert "limitations" not in mentioned_sections(text)


@pytest.mark.parametrize(
    "text",
    [
        "smallest, significant quality loss - not recommended",
        "high quality loss - not recommended",
        "There is a loss of quality at 2 bits.",
        "The quality loss is not negligible.",
        "The loss of accuracy means that recall is low.",
        "It loses a lot of accuracy on sonnets.",
        "It loses 4 points of accuracy in rain.",
        "Long chats lose coherence.",
        "It falls into endless repetition.",
        "There is no fix for the endless repetition.",
        "It was trained on only 40 letters.",
        "It was trained on only a few songs.",
        "No licence is needed, but there is a quality loss.",
    ],
)
def test_a_loss_that_is_admitted_is_a_limit(text: str) -> None:
    assert "limitations" in mentioned_sections(text)


@pytest.mark.parametrize(
    ("text", "is_empty"),
    [
        ("There are no known ethical issues.", True),
        ("This has not been evaluated for bias.", True),
        ("See the base model card for limitations.", True),
        ("Please use it responsibly.", True),
        ("We are committed to fair AI.", True),
        ("It hallucinates; see the paper.", False),
        ("Please use it responsibly: it invents doses.", False),
        ("Limitations are in notes/readme.md.", True),
    ],
)
def test_a_denial_a_reference_and_good_will_document_nothing(text: str, *, is_empty: bool) -> None:
    assert says_nothing(text) is is_empty


def test_a_denial_names_its_class() -> None:
    assert named_sections("There are no known biases.") == {"bias"}


@pytest.mark.parametrize(
    ("text", "details"),
    [
        ("The model may be wrong and biased.", ()),
        ("Skies are purple and every roof is round.", ("case",)),
        ("It confuses Danish words.", ("language",)),
    ],
)
def test_words_that_would_not_fit_any_model_name_a_case(text: str, details: tuple[str, ...]) -> None:
    assert specific_details(text) == details


@pytest.mark.parametrize(
    ("text", "is_result"),
    [
        ("9 of 40 labels were wrong.", True),
        ("Peaks are 20% too low.", True),
        ("Women over 60 | 214 | 7.3", True),
        ("Half of the labels were wrong.", True),
        ("Frisian is 2% of the data.", False),
        ("It fails with more than 5% noise.", False),
        ("It was trained on 300 rows.", False),
    ],
)
def test_a_measured_share_score_or_count_is_a_result(text: str, *, is_result: bool) -> None:
    assert reports_result(text) is is_result


def test_what_the_makers_left_out_or_users_should_do_is_no_mitigation() -> None:
    assert describes_mitigation("We filtered slurs.")
    assert not describes_mitigation("It was not aligned with methods such as RLHF.")
    assert not describes_mitigation("Developers should add a content filter.")
    assert describes_mitigation("It has no moderation, but we removed slurs.")


def test_a_name_inside_a_sentence_and_the_number_of_a_version_are_no_case() -> None:
    assert specific_details("The risks of Larch Oak Birch Elm are known.") == ()
    assert specific_details("Larch-vision-3.3-2b is no exception.") == ()


def test_a_construction_is_found_by_its_stem_and_then_word_by_word() -> None:
    assert cues_in("it does not always handle sarcasm.", ("limitations", "bias")) == {"limitations"}
    assert may_contain("<p>It <b>does not</b> always&nbsp;handle sarcasm.</p>", ("limitations",))
    assert not may_contain("<p>Dr. Notting wrote it.</p>", ("out_of_scope",))
    assert without_cue("tracked with weights & biases", "no_mention") == "tracked with  "
