"""The licence behind `other`."""

import pytest

from hublake.rules.licenses.resolved_licenses import comparable_license, resolve_license

NAMED = [
    ("llama-2-community-license", None, "llama2 name"),
    ("\ufeffLlama 3.1 Community License Agreement", None, "llama3.1 name"),
    ("llama_license", None, "llama1 name"),
    ("LLAMA3_2", None, "llama3.2 name"),
    ("Apache License 2.0", None, "apache-2.0 name"),
    ("tongyi-qianwen", "LICENSE", "tongyi-qianwen name"),
    ("Qwen-Research", None, "qwen-research name"),
    ("community", "https://www.llama.com/llama3_3/license/", "llama3.3 link"),
    (None, "http://ai.google.dev/gemma/terms?hl=de", "gemma link"),
    (None, "https://huggingface.co/meta-llama/Llama-3.2-1B/blob/main/LICENSE.txt", "llama3.2 link"),
    (None, "https://huggingface.co/meta-llama/Llama-3.1-8B/blob/main/LICENSE", "llama3.1 link"),
    ("gemma", "https://www.llama.com/llama3_3/license/", "gemma name"),
    (None, "https://opensource.org/licenses/MIT", "mit link"),
    (None, "https://opensource.org/license/mit/", "mit link"),
    (None, "https://www.apache.org/licenses/LICENSE-2.0.html#patent", "apache-2.0 link"),
    (None, "https://www.gnu.org/licenses/gpl-3.0.en.html", "gpl-3.0 link"),
    (None, "https://mistral.ai/licenses/MNPL-0.1.md", "mistral-non-production link"),
    (None, "https://huggingface.co/Qwen/Qwen2.5-72B-Instruct/blob/main/LICENSE", "tongyi-qianwen link"),
    (None, "https://opensource.org/licenses/MIT-0", ""),
    (None, "https://opensource.org/license/mit-modern-variant", ""),
    (None, "https://opensource.org/licenses/mitre", ""),
    (None, "https://creativecommons.org/licenses/by/4.0.1", ""),
]


@pytest.mark.parametrize(("name", "link", "expected"), NAMED)
def test_name_then_link_identify_a_licence(name: str | None, link: str | None, expected: str) -> None:
    assert " ".join(resolve_license("other", name, link) or ()) == expected


@pytest.mark.parametrize(
    "name", ["license", "llama", "Llama Community License", "other", "unknown", "community-terms", "", "LICENSE.md", "x" * 10_000]
)
def test_a_text_that_names_no_licence_identifies_none(name: str) -> None:
    assert resolve_license("other", name, "LICENSE") is None


def test_a_licence_file_counts_only_if_its_own_name_says_which() -> None:
    assert resolve_license("other", None, None, ["LICENSE", "data/LICENSE-MIT"]) is None
    assert resolve_license("other", None, None, ["LICENSE-apache-2.0.txt"]) == ("apache-2.0", "file_name")
    assert resolve_license("other", None, None, ["LICENSE-MIT", "LICENSE-APACHE"]) is None


def test_an_identifier_is_its_own_licence_and_unlisted_text_has_none() -> None:
    assert resolve_license("mit", "llama2", None) == ("mit", "identifier")
    assert resolve_license("free as in beer", None, None) is None
    assert resolve_license("unknown", None, None) is None


def test_other_is_compared_by_its_name() -> None:
    assert (
        comparable_license("other", "Lumen Forge", None) == comparable_license("other", "lumen_forge license", None) == "other:lumen-forge"
    )
    assert comparable_license("other", "x", "llama2") == "llama2"
