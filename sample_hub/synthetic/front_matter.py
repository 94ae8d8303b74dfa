"""Front matter of synthetic cards: a YAML writer, and the malformed blocks that real authors write."""

import re
from collections.abc import Mapping
from typing import Any

import orjson

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_NOT_TEXT = {"no", "yes", "true", "false", "null", "on", "off", "y", "n"}  # YAML 1.1 parses these as booleans or null


def to_yaml(front: Mapping[str, Any]) -> str:
    """A mapping as YAML lines. Values nested deeper than a list are written as JSON, which is valid YAML."""
    lines: list[str] = []
    for key, value in front.items():
        if isinstance(value, list) and value:
            lines += [f"{key}:", *(f"- {_scalar(item)}" for item in value)]
        else:
            lines.append(f"{key}: {_scalar(value)}")
    return "\n".join(lines)


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _NOT_TEXT:
        return value
    return orjson.dumps(value).decode()


# name -> (the block as written, the mapping that the Hub parses from it: None where it cannot parse it)
ODD_FRONTS: dict[str, tuple[str, dict[str, Any] | None]] = {
    "yaml_tabs": ("language:\n\t- en\nlicense: mit", None),
    "yaml_stray_symbols": ("license: mit\n@home: [yes\n}", None),
    "yaml_list": ("- pytorch\n- causal-lm", None),
    "yaml_string": ("just a remark", None),
    "yaml_bomb": (
        "a: &a [x, x, x, x, x, x, x, x]\n"
        + "\n".join(f"{b}: &{b} [{', '.join(['*' + a] * 8)}]" for a, b in zip("abcdefg", "bcdefgh", strict=True)),
        None,
    ),
    "yaml_deep": ("tags: " + "[" * 400 + "]" * 400, None),
    "yaml_duplicate_keys": ("license: mit\nlanguage: en\nlicense: apache-2.0", None),
    "yaml_tab_behind_dash": ("language:\n-\ten\n-\tsv\nlicense: mit", {"language": ["en", "sv"], "license": "mit"}),
    "yaml_template_left": (
        "license: mit\nlanguage: {{ language }}\ntags:\n- x",
        {"license": "mit", "language": {"[object Object]": None}, "tags": ["x"]},
    ),
    "language_no_scalar": ("language: no\nlicense: cc-by-4.0", {"language": "no", "license": "cc-by-4.0"}),
    "language_no_in_list": ("language:\n- en\n- no\n- sv", {"language": ["en", "no", "sv"]}),
    "language_mapping": ("language:\n  hi:", {"language": {"hi": None}}),
    "language_list_of_mappings": ("language:\n- en:", {"language": [{"en": None}]}),
    "language_null": ("language:\nlicense: mit", {"language": None, "license": "mit"}),
    "language_name": ("language: Chinese", {"language": "Chinese"}),
    "language_unk": ("language: unk", {"language": "unk"}),
    "license_list": ("license:\n- cc0-1.0", {"license": ["cc0-1.0"]}),
    "license_null": ("license:\ntags:\n- x", {"license": None, "tags": ["x"]}),
    "license_junk": ("license: free as in beer!!", {"license": "free as in beer!!"}),
    "license_other": (
        "license: other\nlicense_name: lumenforge-community\nlicense_link: LICENSE",
        {"license": "other", "license_name": "lumenforge-community", "license_link": "LICENSE"},
    ),
    "tags_string": ("tags: summarization", {"tags": "summarization"}),
    "tags_null": ("tags:", {"tags": None}),
    "tags_not_text": ("tags:\n- false\n-\n- fill-mask:", {"tags": [False, None, {"fill-mask": None}]}),
    "datasets_string": ("datasets: squad", {"datasets": "squad"}),
    "datasets_null": ("datasets:", {"datasets": None}),
    "datasets_mapping": ("datasets:\n- FIELD: https://example.org/data\n-", {"datasets": [{"FIELD": "https://example.org/data"}, None]}),
    "metrics_string": ("metrics: accuracy", {"metrics": "accuracy"}),
    "metrics_null": ("metrics:", {"metrics": None}),
    "metrics_mapping": ("metrics:\n- wer: 12.5", {"metrics": [{"wer": 12.5}]}),
    "model_index_mapping": ("model-index:\n  name: x", {"model-index": {"name": "x"}}),
    "metric_values_odd": (
        'model-index: [{"name": "x", "results": [{"metrics": [{"type": "wer", "value": "12 %"}, {"type": "f1", "value": null}, '
        '{"type": "cer", "value": [1, 2]}, {"type": "bleu", "value": {"a": 1}}]}]}]',
        {
            "model-index": [
                {
                    "name": "x",
                    "results": [
                        {
                            "metrics": [
                                {"type": "wer", "value": "12 %"},
                                {"type": "f1", "value": None},
                                {"type": "cer", "value": [1, 2]},
                                {"type": "bleu", "value": {"a": 1}},
                            ]
                        }
                    ],
                }
            ]
        },
    ),
    "pipeline_tag_bool": ("pipeline_tag: false", {"pipeline_tag": False}),
    "pipeline_tag_list": ("pipeline_tag:\n- fill-mask\n- ner", {"pipeline_tag": ["fill-mask", "ner"]}),
    "library_name_list": ("library_name:\n- transformers\n- peft", {"library_name": ["transformers", "peft"]}),
    "co2_string": ("co2_eq_emissions: 1.5 kg", {"co2_eq_emissions": "1.5 kg"}),
    "co2_mapping": ("co2_eq_emissions:\n  emissions: 12.4\n  source: meter", {"co2_eq_emissions": {"emissions": 12.4, "source": "meter"}}),
    "widget_mapping": ("widget:\n  text: hello", {"widget": {"text": "hello"}}),
    "nulls": ("thumbnail:\nwidget:\nlicense: mit", {"thumbnail": None, "widget": None, "license": "mit"}),
    "misspelled_keys": (
        "liscence: mit\nlibrary_tag: transformers\nmodel_index: []",
        {"liscence": "mit", "library_tag": "transformers", "model_index": []},
    ),
    "misspelled_with_dash": (
        "licence: mit\npipeline-tag: fill-mask\n<!-- thumbnail: x",
        {"licence": "mit", "pipeline-tag": "fill-mask", "<!-- thumbnail": "x"},
    ),
    "front_of_a_space": (
        "title: My demo\nemoji: 🚀\ncolorFrom: red\ncolorTo: blue\nsdk: gradio\napp_file: app.py\npinned: false",
        {"title": "My demo", "emoji": "🚀", "colorFrom": "red", "colorTo": "blue", "sdk": "gradio", "app_file": "app.py", "pinned": False},
    ),
}
# Every two-letter combination of a vowel and a consonant. Many are language codes and some are not.
_MANY_CODES = sorted({f"{a}{b}" for a in "aeiou" for b in "bcdfghklmnprstvz"} | {f"{b}{a}" for a in "aeiou" for b in "bcdfghklmnprstvz"})
ODD_FRONTS["language_many"] = (to_yaml({"language": _MANY_CODES}), {"language": _MANY_CODES})
