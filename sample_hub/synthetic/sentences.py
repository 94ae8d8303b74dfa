"""Sentences for the cards of a synthetic hub, written for this project, by section class and depth.

Depth follows the scale of the tables for the documentation of bias and limits: 2 is the author's own words but general, 3 specific
(names a group, language, dataset or failure), 4 specific with a measurement or a mitigation. cards.py fills the slots.
"""

GENERAL, SPECIFIC, MEASURED = 2, 3, 4

HEADINGS = {
    "limitations": ("Limitations", "Known limitations", "Limitations of the model", "Where it falls short"),
    "bias": ("Bias", "Biases", "Bias and fairness", "Known biases"),
    "risks": ("Risks", "Safety and risks", "Potential risks"),
    "ethics": ("Ethical considerations", "Ethics", "Ethical aspects"),
    "out_of_scope": ("Out-of-scope use", "Out of scope", "What it should not be used for"),
    "recommendations": ("Recommendations", "Advice for users"),
    "environment": ("Environmental impact", "Carbon footprint", "CO2 emissions"),
    "intended_use": ("Intended use", "Intended uses", "Uses", "Direct use"),
    "training": ("Training procedure", "Training details", "Training"),
    "training_data": ("Training data", "Data", "Dataset"),
    "evaluation": ("Evaluation", "Evaluation results", "Results"),
    "how_to_start": ("How to use", "Usage", "Quick start", "How to get started with the model"),
    "technical": ("Model architecture", "Technical specifications"),
    "citation": ("Citation", "How to cite"),
    "contact": ("Contact", "Model card contact"),
}

# class -> depth -> sentences
WARNINGS: dict[str, dict[int, tuple[str, ...]]] = {
    "limitations": {
        GENERAL: (
            "The answers can be wrong while they sound sure of themselves.",
            "Long inputs are cut, and what stood at their end is then ignored.",
            "{name} was made for one task and does poorly when asked for another.",
            "We have not looked at every setting in which somebody might try it.",
            "Treat what comes out as a draft that a person still has to read.",
        ),
        SPECIFIC: (
            "It handles {language} prose well but stumbles over tables, footnotes and text set in columns.",
            "Dates before 1950 and sums in old currencies in {dataset} are often misread.",
            "Sentences that mix {language} with another language within one clause come out garbled.",
            "Negated questions are the weak spot: asked what does not apply, it lists what does.",
            "Because {dataset} ends in {year}, the model knows nothing of later events and will invent them.",
        ),
        MEASURED: (
            "On inputs above {tokens} tokens accuracy fell from {high}% to {low}% in our test on {dataset}.",
            "Out of {count} hand-checked answers {errors} contained a made-up figure; a lookup step brought this to {fewer}.",
            "Word error rate rises from {fewer}% on clean recordings to {errors}% with street noise.",
        ),
    },
    "bias": {
        GENERAL: (
            "The texts we trained on carry the prejudices of the people who wrote them, and so does the model.",
            "Outputs may lean towards the views that are most common on the web.",
            "Some groups are better represented in the material than others.",
        ),
        SPECIFIC: (
            "Asked to continue a sentence about a nurse, {name} mostly picks a woman; about an engineer, a man.",
            "Speakers of {language} dialects are understood less well than newsreaders.",
            "{dataset} was written mainly by young men in cities, so the voices of women and of older people are thin.",
            "Given names common among Muslim families are tied to conflict more often than others.",
        ),
        MEASURED: (
            "For texts by women recall was {low}%, for texts by men {high}%; re-weighting {dataset} closed about half of that gap.",
            "We swapped gendered words in {count} prompts: the label changed in {errors} of them.",
            "False alarms were {fewer} times as common for posts in African American English; we now filter on a balanced sample.",
        ),
    },
    "risks": {
        GENERAL: (
            "Somebody could use it to write spam or to mislead people.",
            "Text that reads well is easily taken for text that is true.",
            "There is a chance that it repeats private details from its training material.",
        ),
        SPECIFIC: (
            "With a fitting prompt it writes persuasive phishing letters in {language}.",
            "Used on medical notes it may drop a dosage, which could hurt a patient.",
            "Names and phone numbers that appear in {dataset} can be drawn out with the right opening words.",
        ),
        MEASURED: (
            "A red team of {fewer} people got past the refusals in {errors} of {count} attempts; those prompts are trained on now.",
            "Of {count} prompts for personal data {fewer} returned a real address, all of which we have since removed from {dataset}.",
        ),
    },
    "ethics": {
        GENERAL: (
            "We ask everyone to think about who could be harmed before putting this to work.",
            "No people were asked to label disturbing material for it.",
        ),
        SPECIFIC: (
            "The authors of {dataset} were not asked for consent, and anyone who wants their text left out can write to us.",
            "Annotators in Kenya and the Philippines were paid by the hour, above the local living wage.",
        ),
        MEASURED: ("After a review we deleted {count} records of minors from {dataset} and trained again.",),
    },
    "out_of_scope": {
        GENERAL: (
            "Do not let it decide about people without somebody looking at each case.",
            "It is not meant for anything where a mistake costs more than time.",
        ),
        SPECIFIC: (
            "Not for diagnosis, sentencing, hiring or credit.",
            "Languages other than {language} were never tested; please do not rely on it there.",
            "It must not be used to identify persons in recordings or pictures.",
        ),
        MEASURED: ("For contracts longer than {tokens} tokens only {low}% of the clauses were found: leave those to a lawyer.",),
    },
    "recommendations": {
        GENERAL: ("Try it on your own data before you trust it.", "Tell your users that a machine wrote the text."),
        SPECIFIC: (
            "Keep a person in the loop for {language} texts about health or law.",
            "Filter the output with a list of slurs suited to your audience.",
        ),
        MEASURED: ("Below a score of 0.{low} discard the answer: in our checks that removed {errors} of {count} mistakes.",),
    },
    "environment": {
        GENERAL: ("Training used a rented machine for a few days.",),
        SPECIFIC: ("Trained for {hours} hours on {gpus} A100 cards in a data centre run on hydropower.",),
        MEASURED: ("{hours} hours on {gpus} A100 cards came to about {kilograms} kg of CO2 equivalents by the meter of the provider.",),
    },
}

PLAIN: dict[str, tuple[str, ...]] = {
    "intended_use": (
        "Meant for {purpose} in {language}.",
        "Use it as a part of a larger system for {purpose}.",
        "Researchers can study it, and shops can build on it.",
    ),
    "training": (
        "We trained for {fewer} epochs with a learning rate of 2e-5 and a batch of 32.",
        "The rate was warmed up over the first tenth and then lowered along a cosine.",
        "Mixed precision, gradient clipping at 1.0, seed 42.",
    ),
    "training_data": (
        "The material is {dataset}, cleaned of duplicates and of pages with little text.",
        "About {count} thousand records of {dataset} remained after filtering.",
    ),
    "evaluation": (
        "On the held-out part of {dataset} it reaches {high}%.",
        "| metric | value |\n| --- | --- |\n| accuracy | {high} |\n| macro F1 | {low} |",
    ),
    "how_to_start": (
        '```python\nfrom transformers import pipeline\n\nrun = pipeline(model="{model_id}")\nprint(run("# not a heading"))\n```',
    ),
    "technical": ("A decoder of {fewer} layers with grouped attention and a context of {tokens} tokens.",),
    "citation": ("```bibtex\n@misc{{{name},\n  title = {{{name}}},\n  year = {{{year}}}\n}}\n```",),
    "contact": ("Open a discussion on this page.",),
}

INTRODUCTIONS = (
    "{name} is a model for {purpose} in {language}.",
    "This is {name}, our take on {purpose}, made with {dataset}.",
    "{name} came out of a small project on {purpose}. It reads and writes {language}.",
    "A compact model that helps with {purpose}.",
)

# The two fixed phrases below are in hundreds of thousands of cards because tools write them. A synthetic hub needs them literally:
# tests check that they are not counted as an author's own words.
# Source: templates/modelcard_template.md of huggingface_hub (Apache-2.0).
TEMPLATE_ADVICE = (
    "Users (both direct and downstream) should be made aware of the risks, biases and limitations of the model. "
    "More information needed for further recommendations."
)
# Source: modelcard.py of transformers (Apache-2.0).
TRAINER_NOTE = (
    "<!-- This model card has been generated automatically according to the information the Trainer had access to. You\n"
    "should probably proofread and complete it, then remove this comment. -->"
)
PLACEHOLDER = "[More Information Needed]"
TRAINER_PLACEHOLDER = "More information needed"
# The paper of the carbon calculator in the template. The Hub turns its id into a tag that is unrelated to the model.
TEMPLATE_ARXIV = "1910.09700"
# Source: see TEMPLATE_ADVICE. A detector of template sentences can only be tested with the sentence itself.
TEMPLATE_CALCULATOR = (
    "Carbon emissions can be estimated using the [Machine Learning Impact calculator](https://mlco2.github.io/impact#compute) "
    f"presented in [Lacoste et al. (2019)](https://arxiv.org/abs/{TEMPLATE_ARXIV})."
)
