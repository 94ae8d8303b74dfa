"""Adversarial cards: the weakness that each attacks, and its bytes."""

from collections.abc import Callable

MEGABYTE = 1_000_000


def _yaml_bomb() -> bytes:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]
    return ("---\n" + "\n".join(levels) + "\n---\n# Bomb\ntext").encode()


def _huge_table() -> bytes:
    row = "|" + "1|" * 40 + "\n"
    return ("|" + "h|" * 40 + "\n|" + "-|" * 40 + "\n" + row * (MEGABYTE // len(row))).encode()


def _headings() -> bytes:
    return "".join(f"# Limitations {n}\nIt may be biased against group {n}.\n" for n in range(10_000)).encode()


def _soup() -> bytes:
    piece = "<div><table><tr><td><h2>Bias<p><b><i></td><pre><a href='x' <img src=x onerror=y><script>"
    return (piece * (MEGABYTE // len(piece))).encode()


def _links() -> bytes:
    return ("[a](" * 60_000 + "![" * 60_000 + "<a href='" * 40_000 + "<!--" * 40_000).encode()


def _bidi() -> bytes:
    return ("\u202eBias\u202c \u2066\u200b\u200d\ufeff" * 50_000 + "\n# \u202eLimitations\n\u2067It fails\u2069").encode()


def _regex_bomb() -> bytes:
    return ("## Limitations\n" + "may not " * 60_000 + "this model is a fine tuned version of x on " * 5_000 + "!").encode()


def _yaml_deep() -> bytes:
    return ("---\na: " + "[" * 200_000 + "\n---\n").encode()


def _nested() -> bytes:
    return (("> " * 5_000 + "\n") * 20 + "- " * 50_000 + "* " * 50_000).encode()


def _model_index() -> bytes:
    result = "  - task:\n      type: Retrieval\n    metrics:\n    - type: ndcg_at_10\n      value: 0.5\n"
    return ("---\nlanguage: [sv]\nmodel-index:\n- name: x\n  results:\n" + result * 20_000 + "---\n# Model\ntext").encode()


def _yaml_tabs() -> bytes:
    return ("---\na:\n" + "-\t\t\tb: c\n" * 50_000 + "-\t" * 100_000 + "\n---\n# Model\ntext").encode()


def _yaml_merges() -> bytes:
    base = "a: &a {" + ", ".join(f"k{n}: x" for n in range(500)) + "}"
    return f"---\n{base}\nb:\n{'- {<<: *a}' * 50_000}\n---\n".replace("}- {", "}\n- {").encode()


CARDS: dict[str, Callable[[], bytes]] = {
    "regex_bomb": _regex_bomb,
    "yaml_bomb": _yaml_bomb,
    "yaml_deep": _yaml_deep,
    "nested_quotes_and_lists": _nested,
    "huge_table": _huge_table,
    "ten_thousand_headings": _headings,
    "million_blanks": lambda: b"# Bias\n" + b" " * MEGABYTE + b"x" + b"\n" * MEGABYTE + b"y",
    "invalid_utf8": lambda: b"# Limits\n" + bytes(range(128, 256)) * 100 + b"It fails when the text is long. " * 20_000,
    "bidi_and_invisible": _bidi,
    "html_soup": _soup,
    "unclosed_links": _links,
    "model_index_of_megabytes": _model_index,
    "yaml_tabs": _yaml_tabs,
    "yaml_merges": _yaml_merges,
    "impossible_references": lambda: b"# Bias\n" + (b"&#" + b"9" * 5_000 + b"; ") * 200,
    "quotes_in_tags": lambda: b"<!--> <style-a \"<!--' '<b\" '\" " * 30_000 + b"\n\n# Bias\nIt fails.",
}
