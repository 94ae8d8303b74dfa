"""What authors declare of fine-tunes whose names imply the same parent as that of a model that declares none."""

from collections import defaultdict
from collections.abc import Iterable, Set

from hublake.lake.repo_ids import author_of
from hublake.rules.lineage.parent_inference import ImpliedName, name_words


class DeclaredSiblings:
    """Declared parents by the child's author and the name that the child's name implies.

    Only parents of other accounts with that name, or with a longer one that begins so: an author who shortens roberta-base-xy to
    roberta-base does so in similar names too. `declared`: author, implied name, declared parent.

    >>> name = ImpliedName(("flora", "7b"), "finetune", False)
    >>> siblings = DeclaredSiblings([("me", name, "acme/Flora-7B-v2"), ("me", name, "me/flora-7b-poems"), ("me", name, "acme/rose")])
    >>> siblings.parents("me", name), siblings.parents("you", name)
    ({'acme/Flora-7B-v2'}, frozenset())
    """

    def __init__(self, declared: Iterable[tuple[str | None, ImpliedName, str]]) -> None:
        self._parents: dict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
        for author, name, parent in declared:
            if author is not None and _is_fine_tune(name) and author_of(parent) != author and _begins_with(parent, name):
                self._parents[author, name.words].add(parent)

    def parents(self, author: str | None, name: ImpliedName) -> Set[str]:
        """The parents that the author's other fine-tunes declare whose names imply this one; none for quantised models and variants."""
        if author is None or not _is_fine_tune(name):
            return frozenset()
        return self._parents.get((author, name.words), frozenset())


def _is_fine_tune(name: ImpliedName) -> bool:
    return name.relation != "quantized" and not name.same_author_only


def _begins_with(parent: str, name: ImpliedName) -> bool:
    return tuple(name_words(parent)[: len(name.words)]) == name.words
