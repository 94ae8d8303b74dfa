"""Tasks by spelling, class, name and text."""

import pytest

from hublake.lake.curated import curated
from hublake.lake.enums import MODALITIES
from hublake.rules.tasks.class_tasks import task_of_class
from hublake.rules.tasks.domains import domain_words, name_words
from hublake.rules.tasks.library_tasks import library_tasks
from hublake.rules.tasks.task_phrases import task_in_name, task_in_text, tasks_in_texts
from hublake.rules.tasks.vocabulary import task_of, tasks, tasks_by_spelling


def test_every_list_uses_tasks_of_the_vocabulary() -> None:
    vocabulary = tasks()
    assert {task.modality for task in vocabulary.values()} == set(MODALITIES)
    assert {task.succeeded_by for task in vocabulary.values()} <= vocabulary.keys()
    assert {name for task in vocabulary.values() for name in task.refines} <= vocabulary.keys()
    for name in ("task_aliases", "architecture_tasks", "library_tasks", "task_phrases"):
        assert {row["task"] for row in curated(name)} <= vocabulary.keys()
    assert set(tasks_by_spelling().values()) == vocabulary.keys()
    assert all(0 < library.confidence <= 1 for library in library_tasks().values())


@pytest.mark.parametrize(
    ("written", "task"),
    [
        ("text-classification", "text-classification"),
        ("Text2Text Generation", "text2text-generation"),
        ("sentiment-analysis", "text-classification"),
        ("speech-segmentation", "voice-activity-detection"),
        ("false", None),
        ("", None),
        ("x" * 1000, None),
    ],
)
def test_a_spelling_is_a_task_of_the_vocabulary_or_none(written: str, task: str | None) -> None:
    assert task_of(written) == task


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("BertForSequenceClassification", "text-classification"),
        ("Wav2Vec2ForSequenceClassification", "audio-classification"),
        ("TapasForQuestionAnswering", "table-question-answering"),
        ("T5ForConditionalGeneration", "text2text-generation"),
        ("WhisperForConditionalGeneration", "automatic-speech-recognition"),
        ("Qwen2VLForConditionalGeneration", "image-text-to-text"),
        ("MarianMTModel", "translation"),
        ("GPT2LMHeadModel", "text-generation"),
        ("BertModel", "feature-extraction"),
        ("StableDiffusionXLPipeline", "text-to-image"),
        ("StableDiffusionXLInpaintPipeline", "image-to-image"),
        ("DDPMPipeline", "unconditional-image-generation"),
        ("llama", "text-generation"),
        ("HigherPower", None),
        ("", None),
    ],
)
def test_a_class_has_the_task_of_the_longest_pattern(name: str, task: str | None) -> None:
    found = task_of_class(name)
    assert (found and found.task) == task


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("acme/roberta-sentiment-analysis", "text-classification"),
        ("acme/text-to-image-lora", "text-to-image"),
        ("acme/ppo-LunarLander-v2", "reinforcement-learning"),
        ("acme/bert-finetuned-squad", "question-answering"),
        ("acme/deberta-v3-mnli", "zero-shot-classification"),
        ("translation/my-model", None),
        ("acme/bert-base-uncased", None),
        ("acme/t5-small", None),
    ],
)
def test_a_name_has_a_task_only_by_words_for_tasks(name: str, task: str | None) -> None:
    found = task_in_name(name)
    assert (found and found.task) == task


def test_code_of_a_card_is_stronger_than_its_words() -> None:
    text = "# Summarization\n\nFor summarization of news.\n\n```python\nnlp = pipeline('text2text-generation', model='x')\n```\n"
    texts = (text, "Load it with AutoModelForTokenClassification.", "Uses TFAutoModelForSeq2SeqLM.from_pretrained")
    assert [found.evidence for found in tasks_in_texts(texts) if found] == [
        'pipeline("text2text-generation")',
        "AutoModelForTokenClassification",
        "AutoModelForSeq2SeqLM",
    ]


def test_the_title_and_the_first_lines_count_more_than_the_rest() -> None:
    text = "# Object detection on X-ray images\n\n" + "word " * 200 + "It was compared in translation and summarization."
    found = task_in_text(text)
    assert found is not None
    assert found.task == "object-detection"


def test_texts_that_are_searched_at_once_have_the_tasks_of_each_alone() -> None:
    """No phrase crosses the end of a text or of its title, whatever characters are in it."""
    texts = ["machine", "translation", "# text\n\nsummarization of text", "machine\0translation", "machine\ntranslation", "", "machine"]
    found = tasks_in_texts(texts)
    assert found == [task_in_text(text) for text in texts]
    assert [task and task.evidence for task in found][:2] == [None, "translation"]
    assert (found[3] and found[3].evidence) == (found[4] and found[4].evidence) == "machine translation"


def test_a_text_without_words_for_tasks_has_none_and_long_ones_are_bounded() -> None:
    assert task_in_text("# My model\n\nMore information needed.") is None
    assert task_in_text("word " * 5_000 + "machine translation") is None
    assert task_in_text("pipeline(" * 100_000) is None


def test_domains_have_words_and_some_do_not_count_in_names() -> None:
    assert {"medical", "legal", "code", "math", "finance", "roleplay"} <= set(domain_words().values())
    assert name_words() < domain_words().keys()
    assert "stock" not in name_words()
