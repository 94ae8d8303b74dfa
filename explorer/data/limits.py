"""The limits of the figures on the pages of the map and of single models; other pages state theirs beside their tables."""

from collections.abc import Mapping, Sequence

DOES_NOT_SAY: Mapping[str, Sequence[str]] = {
    "map": (
        "Distance means nothing beyond the family: models lie near others of their family, and families are packed by size,"
        " not by likeness.",
        "A merge lies with its main parent; its other parents appear as edges when it is selected.",
        "Models without any known edge are not drawn. Home states how many there are.",
        "An edge may be a guess: select a model to read its evidence, or filter by evidence.",
    ),
    "model": (
        "Verdicts on licences and commercial use follow published rules on what licences are known to say. They are no legal advice: read"
        " the licences themselves.",
        "A card may omit known facts, and what it states is not checked.",
        "An edge without declared evidence is a guess; its confidence is the share of such guesses that were right in a labelled sample.",
        "A high impact is a position in the graph of derivation. It is no measure of quality.",
    ),
    "family": (
        "A model with several parents counts once, in the family of its main parent: that of the strongest evidence, then of the"
        " highest impact. So a model may have more descendants than its family has members.",
        "Guessed edges count. Edges to unlisted models do not. Select a model on the map to read the evidence of each of its edges.",
        "A model without derivatives may still get some: recent months are incomplete.",
    ),
    "author": ("An author is the part of a name before the slash: an account of the Hub, which may be one person or an organisation.",),
}
