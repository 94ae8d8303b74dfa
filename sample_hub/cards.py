"""Model cards of a made hub: written by somebody, left as a template, made by a tool, or copied from the parent.

Every card knows which section classes it fills and with what, so that the truth can be written beside it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from hublake.lake.enums import DOCUMENTED_SECTIONS
from hublake.sample_hub import sentences
from hublake.sample_hub.words import DATASETS, LANGUAGE_NAMES, PURPOSES

State = Literal["own_words", "inherited", "placeholder", "boilerplate"]


@dataclass(frozen=True, slots=True)
class About:
    """What a card's text depends on; `seed` fixes every choice, so a child can quote its parent without keeping the text."""

    seed: int
    model_id: str
    language: str

    @property
    def name(self) -> str:
        return self.model_id.split("/")[-1]


@dataclass(slots=True)
class Card:
    """The text below the front matter. `sections` tells what stands under each documented class; depth is 0 to 4."""

    text: str
    sections: dict[str, State] = field(default_factory=dict)
    depth: int = 0


def written(about: About) -> Card:
    """A card in its author's own words; some say nothing of limits, some measure them."""
    parts = [f"# {about.name}", _filled(about, sentences.INTRODUCTIONS, Random(about.seed + 1), 1)]
    card = Card("")
    for section_class, depth, block in _blocks(about):
        parts.append(block)
        if section_class in DOCUMENTED_SECTIONS:
            card.sections[section_class] = "own_words"
            card.depth = max(card.depth, depth if section_class != "environment" else 0)
    card.text = "\n\n".join(parts) + "\n"
    return card


def copied(about: About, parent: About) -> Card:
    """The parent's sections word for word below a title of one's own: as much inherited as there is to inherit."""
    source = written(parent)
    inherited: dict[str, State] = dict.fromkeys(source.sections, "inherited")
    blocks = [block for _, _, block in _blocks(parent)]
    note = f"This is a version of {parent.model_id}. What follows is taken from its card."
    return Card("\n\n".join([f"# {about.name}", note, *blocks]) + "\n", inherited, source.depth)


def template(about: About, fills: bool = False) -> Card:
    """The outline that the Hub proposes, left empty; with `fills` the part on bias is written by somebody."""
    warning = sentences.PLACEHOLDER
    state: State = "own_words" if fills else "placeholder"
    if fills:
        rng = Random(about.seed)
        warning = " ".join(
            _filled(about, sentences.WARNINGS[name][sentences.SPECIFIC], rng, 1) for name in ("bias", "risks", "limitations")
        )
    outline = [
        ("# Model Card for Model ID", "<!-- One line on what the model is. -->"),
        ("## Model Details", ""),
        ("### Model Description", f"- **Developed by:** {sentences.PLACEHOLDER}\n- **License:** {sentences.PLACEHOLDER}"),
        ("## Uses", ""),
        ("### Direct Use", sentences.PLACEHOLDER),
        ("### Out-of-Scope Use", sentences.PLACEHOLDER),
        ("## Bias, Risks, and Limitations", warning),
        ("### Recommendations", sentences.TEMPLATE_ADVICE),
        ("## How to Get Started with the Model", sentences.PLACEHOLDER),
        ("## Training Details", ""),
        ("### Training Data", sentences.PLACEHOLDER),
        ("## Evaluation", sentences.PLACEHOLDER),
        (
            "## Environmental Impact",
            f"{sentences.TEMPLATE_CALCULATOR}\n\n- **Hardware Type:** {sentences.PLACEHOLDER}\n- **Hours used:** {sentences.PLACEHOLDER}",
        ),
        ("## Citation [optional]", sentences.PLACEHOLDER),
        ("## Model Card Contact", sentences.PLACEHOLDER),
    ]
    text = "\n\n".join(part for pair in outline for part in pair if part) + "\n"
    sections: dict[str, State] = {"out_of_scope": "placeholder", "bias": state, "risks": state, "limitations": state}
    sections |= {"recommendations": "boilerplate", "environment": "placeholder"}
    return Card(text, sections, sentences.SPECIFIC if fills else 1)


def trainer_stub(about: About, parent_id: str) -> Card:
    """What a training script leaves behind: figures, and two headings nobody filled."""
    rng = Random(about.seed)
    rows = "\n".join(
        f"| {2.4 / (step + 1):.4f} | {step + 1}.0 | {500 * (step + 1)} | {2.6 / (step + 1):.4f} |" for step in range(rng.randint(1, 8))
    )
    text = (
        f"{sentences.TRAINER_NOTE}\n\n# {about.name}\n\nThis model is a fine-tuned version of [{parent_id}](https://huggingface.co/{parent_id}).\n"
        f"It achieves the following results on the evaluation set:\n- Loss: {rng.uniform(0.1, 2.5):.4f}\n\n"
        f"## Model description\n\n{sentences.TRAINER_PLACEHOLDER}\n\n## Intended uses & limitations\n\n{sentences.TRAINER_PLACEHOLDER}\n\n"
        f"## Training and evaluation data\n\n{sentences.TRAINER_PLACEHOLDER}\n\n## Training procedure\n\n### Training hyperparameters\n\n"
        f"- learning_rate: 2e-05\n- seed: {rng.randint(1, 99)}\n\n### Training results\n\n"
        f"| Training Loss | Epoch | Step | Validation Loss |\n|---|---|---|---|\n{rows}\n"
    )
    return Card(text, {"limitations": "placeholder"}, 1)


def tool_stub(about: About, parent_id: str, made_by: str) -> Card:
    """A few lines by a conversion or merging tool."""
    table = "| file | note |\n| --- | --- |\n| Q4_K_M | balanced |\n| Q8_0 | large |\n"
    return Card(f"# {about.name}\n\nMade from {parent_id} with {made_by}.\n\n{table}")


def short(about: About) -> Card:
    """A title and a sentence."""
    return Card(f"# {about.name}\n\n{_filled(about, sentences.INTRODUCTIONS, Random(about.seed), 1)}\n")


def _blocks(about: About) -> Iterator[tuple[str, int, str]]:
    """(section class, depth, text with heading) of a written card, in order."""
    rng = Random(about.seed)
    care = rng.choices((0, 1, 2, 3), (25, 35, 25, 15))[0]  # how far this author goes; 0 has no section on limits at all
    hashes = "#" * rng.choice((2, 2, 2, 3))
    for section_class in ("intended_use", "technical", "training_data", "training", "how_to_start"):
        if rng.random() < 0.6:
            yield section_class, 0, _block(about, section_class, sentences.PLAIN[section_class], hashes, rng)
    for section_class, by_depth in sentences.WARNINGS.items():
        if rng.random() < 0.22 * care + (0.15 if care and section_class == "limitations" else 0):
            depth = min(rng.randint(1, 1 + care) + 1, sentences.MEASURED)
            yield section_class, depth, _block(about, section_class, by_depth[depth], hashes, rng)
    for section_class in ("evaluation", "citation", "contact"):
        if rng.random() < 0.5:
            yield section_class, 0, _block(about, section_class, sentences.PLAIN[section_class], hashes, rng)


def _block(about: About, section_class: str, choices: tuple[str, ...], hashes: str, rng: Random) -> str:
    heading = rng.choice(sentences.HEADINGS[section_class])
    joint = " " if section_class in sentences.WARNINGS else "\n\n"
    return f"{hashes} {heading}\n\n{_filled(about, choices, rng, rng.randint(1, len(choices)), joint)}"


def _filled(about: About, choices: tuple[str, ...], rng: Random, count: int, joint: str = " ") -> str:
    slots = _slots(about, rng)
    return joint.join(sentence.format_map(slots) for sentence in rng.sample(choices, count))


def _slots(about: About, rng: Random) -> Mapping[str, str | int]:
    high, count = rng.randint(70, 96), rng.randint(20, 90) * 10
    return {
        "name": about.name,
        "model_id": about.model_id,
        "language": LANGUAGE_NAMES.get(about.language, "English"),
        "dataset": DATASETS[about.seed % len(DATASETS)],
        "purpose": PURPOSES[about.seed % len(PURPOSES)],
        "year": 2018 + about.seed % 8,
        "tokens": 512 * rng.randint(1, 16),
        "high": high,
        "low": high - rng.randint(6, 30),
        "count": count,
        "errors": rng.randint(12, count // 4 + 12),
        "fewer": rng.randint(2, 9),
        "hours": rng.randint(6, 900),
        "gpus": 2 ** rng.randint(0, 7),
        "kilograms": rng.randint(3, 4000),
    }
