"""Remove invisible characters from short texts: names, languages, licences."""

import re
import unicodedata

# Unicode categories: controls, formats (zero width, direction marks, soft hyphen, byte order mark), private use, surrogates.
_INVISIBLE = frozenset(("Cc", "Cf", "Co", "Cs"))
# Letters and marks that Unicode displays as nothing (Default_Ignorable_Code_Point beyond the categories above), and the empty braille cell.
_IGNORABLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_BLANKS = re.compile(r"\s+")


def visible(text: str) -> str:
    """Remove invisible characters and surrounding blanks; every other run of white space becomes one plain blank.

    >>> visible("\\u200bquill/basalt-7B\\u200b "), visible("en\\u00a0"), visible("Llama\\u00a02"), visible("a\\ufe0fb")
    ('quill/basalt-7B', 'en', 'Llama 2', 'ab')
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    with_blanks = _BLANKS.sub(" ", _IGNORABLE.sub("", text))
    return "".join(letter for letter in with_blanks if unicodedata.category(letter) not in _INVISIBLE).strip()
