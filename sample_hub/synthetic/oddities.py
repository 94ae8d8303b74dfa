"""Irregularities of the real Hub, one kind per model: in names, in list items, in the bytes of cards, in front matter and in lineage.

Every kind appears once in the first thousand models and then once in ten thousand, so a large hub is as clean as the real one.
"""

from collections.abc import Callable

from hublake.sample_hub.store import File
from hublake.sample_hub.synthetic.cards import Card
from hublake.sample_hub.synthetic.draft import ModelDraft, stamp
from hublake.sample_hub.synthetic.front_matter import ODD_FRONTS
from hublake.sample_hub.synthetic.parents import INEXACT_PARENTS, MISSING_PARENTS


def plain_id(author: str, name: str, number: int) -> str:
    """The usual form of a model's id."""
    return f"{author}/{name}"


# Names: (author, name, number of the model) -> the odd id.
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


def _text(draft: ModelDraft) -> bytes:
    return draft.card_bytes or b""


def _utf16(draft: ModelDraft) -> None:
    draft.card_bytes = b"\xff\xfe" + _text(draft).decode().encode("utf-16-le")


def _lfs(draft: ModelDraft) -> None:
    draft.is_card_lfs = True


def _huge(draft: ModelDraft) -> None:
    """About 600 kB, the size of the longest card found on the Hub; less in a small hub, which stays fast."""
    size = 600_000 if draft.is_in_large_hub else 60_000
    line = "| step | loss | note |\n"
    draft.card_bytes = _text(draft) + b"\n## Training log\n\n" + line.encode() * (size // len(line))


def _rename_card(path: str) -> Callable[[ModelDraft], None]:
    def rename(draft: ModelDraft) -> None:
        draft.card_path = path

    return rename


def _both_cases(draft: ModelDraft) -> None:
    draft.other_files.append(File("readme.md", b"# the other one\n"))


def _not_listed(draft: ModelDraft) -> None:
    draft.is_card_listed = False


def _transform_card(change: Callable[[bytes], bytes]) -> Callable[[ModelDraft], None]:
    def transform(draft: ModelDraft) -> None:
        draft.card_bytes = change(_text(draft))

    return transform


def _replace_card(body: bytes) -> Callable[[ModelDraft], None]:
    """Replace the whole card by these bytes: neither its sections nor its front matter remain."""

    def replace(draft: ModelDraft) -> None:
        draft.card_bytes, draft.card = body, Card("")
        _remove_front_matter(draft)

    return replace


def _remove_front_matter(draft: ModelDraft) -> None:
    draft.front, draft.languages = None, []


def _front_only(draft: ModelDraft) -> None:
    draft.card, draft.card_bytes, draft.languages = Card(""), b"---\nlicense: mit\n---", []
    draft.front = {"license": "mit"}


def _unclosed(draft: ModelDraft) -> None:
    """A block that never closes is not front matter: the Hub treats it as text."""
    _remove_front_matter(draft)
    draft.card_bytes = b"---\nlicense: mit\n\n" + _text(draft).split(b"---\n", 2)[-1]


def _four_dashes(draft: ModelDraft) -> None:
    _remove_front_matter(draft)
    draft.card_bytes = b"----\nlicense: mit\n----\n" + _text(draft).split(b"---\n", 2)[-1]


# Cards: changes to a well-formed card. All of these models have one.
ODD_CARDS: dict[str, Callable[[ModelDraft], None]] = {
    "card_empty": _replace_card(b""),
    "card_white_space": _replace_card(b" \n\n\t\n"),
    "card_front_matter_only": _front_only,
    "card_utf16": _utf16,
    "card_lfs": _lfs,
    "card_lfs_pointer_text": _replace_card(b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"5e" * 32 + b"\nsize 4096\n"),
    "card_replacement_character": _transform_card(lambda body: body + "\nna\ufffdve caf\ufffd\n".encode()),
    "card_invisible_characters": _transform_card(lambda body: body + "\nzero\u200bwidth \u202eright to left\u202c \ufeffmark\n".encode()),
    "card_not_utf8": _transform_card(lambda body: body + b"\ncaf\xe9 \xff\n"),
    "card_byte_order_mark": _transform_card(lambda body: b"\xef\xbb\xbf" + body),
    "card_crlf": _transform_card(lambda body: body.replace(b"\n", b"\r\n")),
    "card_blank_line_first": _transform_card(lambda body: b"\n\n" + body),
    "card_unclosed_block": _unclosed,
    "card_four_dashes": _four_dashes,
    "card_is_an_error_text": _replace_card(b"Entry not found"),
    "card_huge": _huge,
    "card_first_letter_capital": _rename_card("Readme.md"),
    "card_lower_case": _rename_card("readme.md"),
    "card_ending_capital": _rename_card("readme.MD"),
    "card_in_both_cases": _both_cases,
    "card_not_in_siblings": _not_listed,
}


def _set_item(**fields: object) -> Callable[[ModelDraft], None]:
    def change(draft: ModelDraft) -> None:
        draft.item_changes |= fields

    return change


def _set_parameters(total: int) -> Callable[[ModelDraft], None]:
    return _set_item(safetensors={"parameters": {"F32": total}, "total": total})


def _add_tags(*tags: str) -> Callable[[ModelDraft], None]:
    def add_tags(draft: ModelDraft) -> None:
        draft.user_tags += tags

    return add_tags


def _many_tags(draft: ModelDraft) -> None:
    draft.user_tags += [f"speaker-{number}" for number in range(2_000)]


def _many_siblings(draft: ModelDraft) -> None:
    clips = 20_000 if draft.is_in_large_hub else 500
    draft.file_names += [f"clips/{number:05}.flac" for number in range(clips)]


def _add_files(*names: str) -> Callable[[ModelDraft], None]:
    def add_files(draft: ModelDraft) -> None:
        draft.file_names += names

    return add_files


def _only_files(*names: str) -> Callable[[ModelDraft], None]:
    """A model without a card, with these files only."""

    def clear(draft: ModelDraft) -> None:
        draft.file_names, draft.card_bytes, draft.card, draft.card_kind = list(names), None, None, "none"
        draft.library = draft.task = draft.architecture = draft.arxiv = ""
        _remove_front_matter(draft)

    return clear


def _same_head(draft: ModelDraft) -> None:
    """A repository that was duplicated with its history: the copies share one head commit."""
    draft.item_changes["sha"] = "0f" * 20


def _set_gated(listed: str | bool, now: str) -> Callable[[ModelDraft], None]:
    def gate(draft: ModelDraft) -> None:
        draft.gated = now
        draft.item_changes["gated"] = listed

    return gate


def _gated_without_card(draft: ModelDraft) -> None:
    _only_files(".gitattributes", "config.json")(draft)
    draft.gated = "auto"


def _gone(draft: ModelDraft) -> None:
    draft.is_gone = True


def _disabled(draft: ModelDraft) -> None:
    draft.is_disabled = True


def _edited_before_creation(draft: ModelDraft) -> None:
    draft.item_changes["lastModified"] = stamp(draft.created - 780)


ODD_ITEMS: dict[str, Callable[[ModelDraft], None]] = {
    "parameters_absurd": _set_parameters(19_980_000_000_000_000),  # beyond 2^53: floats lose digits
    "parameters_zero": _set_parameters(0),
    "downloads_absent": _set_item(downloads=None),
    "likes_fall_behind": _set_item(downloads=1_200_000, likes=0),
    "trending_fraction": _set_item(trendingScore=0.2),
    "edited_before_creation": _edited_before_creation,
    "used_storage_zero": _set_item(usedStorage=0),
    "eval_results": _set_item(
        evalResults=[
            {"filename": ".eval_results/hle.yaml", "data": {"dataset": {"id": "cais/hle", "task_id": "default"}, "value": 20.9}},
            {"filename": ".eval_results/odd.yaml", "error": "value is missing"},
        ]
    ),
    "tags_two_thousand": _many_tags,
    "tag_long": _add_tags("a tag that somebody took for the place to tell the whole story of how the model came about, " * 2),
    "tag_with_commas": _add_tags("small, fast, cheap"),
    "tag_not_ascii": _add_tags("文本生成", "geräusch"),
    "tag_dataset_address": _add_tags("dataset:https://example.org/my data"),
    "tag_like_a_language": _add_tags("trl", "sft", "jax", "tf", "art"),
    "siblings_many": _many_siblings,
    "siblings_odd_names": _add_files("réseau 🤖.bin", "a b/c#1.txt", "view?usp=sharing", "模型.json"),
    "files_none": _only_files(),
    "files_only_gitattributes": _only_files(".gitattributes"),
    "sha_shared_first": _same_head,
    "sha_shared_second": _same_head,
    "gated_auto": _set_gated("auto", "auto"),
    "gated_manual": _set_gated("manual", "manual"),
    "gated_since_listed": _set_gated(False, "auto"),
    "open_since_listed": _set_gated("manual", ""),
    "gated_without_card": _gated_without_card,
    "gone_since_listed": _gone,
    "disabled": _disabled,
}

# Oddities of lineage, applied in lineage.py.
MODEL_PAIRS = ("cycle_of_two", "child_older_than_parent")
ODD_LINEAGE = (
    *MISSING_PARENTS,
    *INEXACT_PARENTS,
    "base_self",
    "base_list_on_finetune",
    "base_gone",
    "adapter_path_beside_base",
    *MODEL_PAIRS,
)

_BULKY = ("card_huge", "tags_two_thousand", "siblings_many")
ALL = (*ODD_ITEMS, "case_twin", *ODD_IDS, *ODD_CARDS, *ODD_FRONTS, *ODD_LINEAGE)
_SPACING = 1_000 // len(ALL)


def oddity_of(number: int) -> str:
    """The kind of oddity of the number-th model; empty for nearly all models."""
    kind, offset = divmod(number % 10_000 - _SPACING // 2, _SPACING)
    if number % 10_000 >= 1_000 or offset or not 0 <= kind < len(ALL):
        return ""
    return "" if ALL[kind] in _BULKY and number % 100_000 >= 1_000 else ALL[kind]


def needs_card(oddity: str) -> bool:
    """Whether the kind applies only to a model whose author wrote a card."""
    return oddity in ODD_CARDS or oddity in ODD_FRONTS
