"""The vectorised walk finds what the library's own walk finds."""

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from hublake.rules.cards.language_identifier import VectorisedIdentifier, load_identifier

TEXTS = {
    "no text": "",
    "one byte": "x",
    "no feature": "\x01\x02",
    "shorter than the longest n-gram": "the",
    "latin": "Dieses Modell wurde auf deutschen Zeitungstexten trainiert. It is not for production. Ce modèle n'est pas destiné aux enfants.",
    "capitals": "NOT FOR PRODUCTION USE",
    "scripts": "このモデルは日本語で学習しました。Эта модель обучена на русском языке. 모델은 한국어를 지원합니다. هذا النموذج",
    "all bytes of two": "".join(map(chr, range(1, 0x7FF))),
    "lone surrogate": "\ud800 text",
}


@pytest.fixture(scope="module")
def identifiers() -> tuple[LanguageIdentifier, VectorisedIdentifier]:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True), load_identifier()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_ranks_languages_as_the_library_does(text: str, identifiers: tuple[LanguageIdentifier, VectorisedIdentifier]) -> None:
    library, ours = identifiers
    assert dict(ours.rank(text)) == pytest.approx(dict(library.rank(text)), abs=1e-4)  # Sums of single precision in another order.


def test_states_are_those_of_a_walk_byte_by_byte(identifiers: tuple[LanguageIdentifier, VectorisedIdentifier]) -> None:
    _, ours = identifiers
    text = "".join(TEXTS.values()).encode("utf-8", errors="replace")
    state, walked = 0, []
    for letter in text:
        state = ours.tk_nextmove[(ours.tk_row[state] << 8) + letter]
        walked.append(state)
    assert ours._states(text).tolist() == walked
