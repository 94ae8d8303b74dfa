"""What is odd on the real Hub, planted one kind per model: in names, in list items, in the bytes of cards and in front matter.

Every kind comes once in the first thousand models and then once in ten thousand, so that a large hub stays as clean as the real one.
"""

from collections.abc import Callable

from hublake.sample_hub.cards import Card
from hublake.sample_hub.draft import Draft, stamp
from hublake.sample_hub.families import KIN_PARENTS, MISSING_PARENTS
from hublake.sample_hub.front_matter import ODD_FRONTS
from hublake.sample_hub.store import File


def plain_id(author: str, name: str, number: int) -> str:
    """As nearly every model is called."""
    return f"{author}/{name}"


# Names: the author and name that were drawn, and the number of the model -> its odd id.
ODD_IDS: dict[str, Callable[[str, str, int], str]] = {
    "id_without_author": lambda author, name, n: f"{name.lower()}",
    "id_starts_with_underscore": lambda author, name, n: f"_{author}_/_{name}",
    "id_ends_with_dot": lambda author, name, n: f"{author}/{name}.",
    "id_ends_with_dash": lambda author, name, n: f"{author}/{name}-",
    "id_double_underscore": lambda author, name, n: f"{author}/{name}__{n}",
    "id_digits_only_owner": lambda author, name, n: f"{2_000_000 + n}/{n}",
    "id_one_letter": lambda author, name, n: f"{author}/{'abcdefghij'[n % 10]}",
    "id_long": lambda author, name, n: (
        f"{author}/{name}-{'-'.join(['with', 'every', 'setting', 'spelled', 'out', 'in', 'its', 'name'] * 2)}"[:96]
    ),
    "id_ends_with_git": lambda author, name, n: f"{author}/{name}.git",
    "id_ends_with_model": lambda author, name, n: f"{author}/{name}-ep_5.model",
    "id_ends_with_json": lambda author, name, n: f"{author}/{name}.json",
    "id_has_dots": lambda author, name, n: f"{author}/{name}-v1.0.2-3.5bpw",
}


def _text(draft: Draft) -> bytes:
    return draft.card_bytes or b""


def _utf16(draft: Draft) -> None:
    draft.card_bytes = b"\xff\xfe" + _text(draft).decode().encode("utf-16-le")


def _lfs(draft: Draft) -> None:
    draft.is_card_lfs = True


def _huge(draft: Draft) -> None:
    """About 600 kB, as the longest card that was ever counted; less in a hub of a thousand, so that it stays quick."""
    size = 600_000 if draft.is_in_large_hub else 60_000
    line = "| step | loss | note |\n"
    draft.card_bytes = _text(draft) + b"\n## Training log\n\n" + line.encode() * (size // len(line))


def _other_case(path: str) -> Callable[[Draft], None]:
    def renamed(draft: Draft) -> None:
        draft.card_path = path

    return renamed


def _both_cases(draft: Draft) -> None:
    draft.other_files.append(File("readme.md", b"# the other one\n"))


def _not_listed(draft: Draft) -> None:
    draft.is_card_listed = False


def _replaced(change: Callable[[bytes], bytes]) -> Callable[[Draft], None]:
    def changed(draft: Draft) -> None:
        draft.card_bytes = change(_text(draft))

    return changed


def _without_text(body: bytes) -> Callable[[Draft], None]:
    """The whole card is these bytes: no section of the drawn text is left, nor its front matter."""

    def replaced(draft: Draft) -> None:
        draft.card_bytes, draft.card = body, Card("")
        _without_front(draft)

    return replaced


def _without_front(draft: Draft) -> None:
    draft.front, draft.languages = None, []


def _front_only(draft: Draft) -> None:
    draft.card, draft.card_bytes, draft.languages = Card(""), b"---\nlicense: mit\n---", []
    draft.front = {"license": "mit"}


def _unclosed(draft: Draft) -> None:
    """A block that never closes is no block: the Hub reads no front matter, and the text begins with it."""
    _without_front(draft)
    draft.card_bytes = b"---\nlicense: mit\n\n" + _text(draft).split(b"---\n", 2)[-1]


def _four_dashes(draft: Draft) -> None:
    _without_front(draft)
    draft.card_bytes = b"----\nlicense: mit\n----\n" + _text(draft).split(b"---\n", 2)[-1]


# Cards: what becomes of a well-made one. All of these models have a card to begin with.
ODD_CARDS: dict[str, Callable[[Draft], None]] = {
    "card_empty": _without_text(b""),
    "card_white_space": _without_text(b" \n\n\t\n"),
    "card_front_matter_only": _front_only,
    "card_utf16": _utf16,
    "card_lfs": _lfs,
    "card_lfs_pointer_text": _without_text(b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"5e" * 32 + b"\nsize 4096\n"),
    "card_replacement_character": _replaced(lambda body: body + "\nna\ufffdve caf\ufffd\n".encode()),
    "card_invisible_characters": _replaced(lambda body: body + "\nzero\u200bwidth \u202eright to left\u202c \ufeffmark\n".encode()),
    "card_not_utf8": _replaced(lambda body: body + b"\ncaf\xe9 \xff\n"),
    "card_byte_order_mark": _replaced(lambda body: b"\xef\xbb\xbf" + body),
    "card_crlf": _replaced(lambda body: body.replace(b"\n", b"\r\n")),
    "card_blank_line_first": _replaced(lambda body: b"\n\n" + body),
    "card_unclosed_block": _unclosed,
    "card_four_dashes": _four_dashes,
    "card_is_an_error_text": _without_text(b"Entry not found"),
    "card_huge": _huge,
    "card_first_letter_capital": _other_case("Readme.md"),
    "card_lower_case": _other_case("readme.md"),
    "card_ending_capital": _other_case("readme.MD"),
    "card_in_both_cases": _both_cases,
    "card_not_in_siblings": _not_listed,
}


def _changes(**fields: object) -> Callable[[Draft], None]:
    def changed(draft: Draft) -> None:
        draft.item_changes |= fields

    return changed


def _parameters(total: int) -> Callable[[Draft], None]:
    return _changes(safetensors={"parameters": {"F32": total}, "total": total})


def _tags(*tags: str) -> Callable[[Draft], None]:
    def tagged(draft: Draft) -> None:
        draft.user_tags += tags

    return tagged


def _many_tags(draft: Draft) -> None:
    draft.user_tags += [f"speaker-{number}" for number in range(2_000)]


def _many_siblings(draft: Draft) -> None:
    clips = 20_000 if draft.is_in_large_hub else 500
    draft.file_names += [f"clips/{number:05}.flac" for number in range(clips)]


def _files(*names: str) -> Callable[[Draft], None]:
    def filed(draft: Draft) -> None:
        draft.file_names += names

    return filed


def _no_card(*names: str) -> Callable[[Draft], None]:
    def emptied(draft: Draft) -> None:
        draft.file_names, draft.card_bytes, draft.card, draft.card_kind = list(names), None, None, "none"
        draft.library = draft.task = draft.architecture = draft.arxiv = ""
        _without_front(draft)

    return emptied


def _same_head(draft: Draft) -> None:
    """A repo duplicated with its history: all of these share one head commit."""
    draft.item_changes["sha"] = "0f" * 20


def _gated(listed: str | bool, now: str) -> Callable[[Draft], None]:
    def gated(draft: Draft) -> None:
        draft.gated = now
        draft.item_changes["gated"] = listed

    return gated


def _gated_without_card(draft: Draft) -> None:
    _no_card(".gitattributes", "config.json")(draft)
    draft.gated = "auto"


def _gone(draft: Draft) -> None:
    draft.is_gone = True


def _disabled(draft: Draft) -> None:
    draft.is_disabled = True


def _edited_before_creation(draft: Draft) -> None:
    draft.item_changes["lastModified"] = stamp(draft.created - 780)


ODD_ITEMS: dict[str, Callable[[Draft], None]] = {
    "parameters_absurd": _parameters(19_980_000_000_000_000),  # beyond 2^53: floats lose digits
    "parameters_zero": _parameters(0),
    "downloads_absent": _changes(downloads=None),
    "likes_fall_behind": _changes(downloads=1_200_000, likes=0),
    "trending_fraction": _changes(trendingScore=0.2),
    "edited_before_creation": _edited_before_creation,
    "used_storage_zero": _changes(usedStorage=0),
    "tags_two_thousand": _many_tags,
    "tag_long": _tags("a tag that somebody took for the place to tell the whole story of how the model came about, " * 2),
    "tag_with_commas": _tags("small, fast, cheap"),
    "tag_not_ascii": _tags("文本生成", "geräusch"),
    "tag_dataset_address": _tags("dataset:https://example.org/my data"),
    "tag_like_a_language": _tags("trl", "sft", "jax", "tf", "art"),
    "siblings_many": _many_siblings,
    "siblings_odd_names": _files("réseau 🤖.bin", "a b/c#1.txt", "view?usp=sharing", "模型.json"),
    "files_none": _no_card(),
    "files_only_gitattributes": _no_card(".gitattributes"),
    "sha_shared_first": _same_head,
    "sha_shared_second": _same_head,
    "gated_auto": _gated("auto", "auto"),
    "gated_manual": _gated("manual", "manual"),
    "gated_since_listed": _gated(False, "auto"),
    "open_since_listed": _gated("manual", ""),
    "gated_without_card": _gated_without_card,
    "gone_since_listed": _gone,
    "disabled": _disabled,
}

# Oddities of descent, made where parents are chosen.
PAIRS = ("cycle_of_two", "child_older_than_parent")
ODD_DESCENT = (*MISSING_PARENTS, *KIN_PARENTS, "base_self", "base_list_on_finetune", "base_gone", "adapter_path_beside_base", *PAIRS)

_BULKY = ("card_huge", "tags_two_thousand", "siblings_many")
ALL = (*ODD_ITEMS, "case_twin", *ODD_IDS, *ODD_CARDS, *ODD_FRONTS, *ODD_DESCENT)
_SPACING = 1_000 // len(ALL)


def planted_at(number: int) -> str:
    """The kind of oddity that the number-th model is; empty for nearly all of them."""
    kind, offset = divmod(number % 10_000 - _SPACING // 2, _SPACING)
    if number % 10_000 >= 1_000 or offset or not 0 <= kind < len(ALL):
        return ""
    return "" if ALL[kind] in _BULKY and number % 100_000 >= 1_000 else ALL[kind]


def needs_card(oddity: str) -> bool:
    """Whether the kind shows only in a model that has a card in its author's words."""
    return oddity in ODD_CARDS or oddity in ODD_FRONTS
