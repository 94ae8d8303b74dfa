"""Front matter is found and read as the Hub reads it: js-yaml 4, YAML 1.2."""

import pytest

from hublake.rules.cards.front_matter import declared_fields, split_front_matter
from hublake.rules.cards.safe_yaml import MAX_NODES, TooComplexYaml, load_yaml
from hublake.rules.cards.yaml_scalars import InvalidYaml


@pytest.mark.parametrize(
    ("yaml", "value"),
    [
        ("tags:\n-\tone\n-\ttwo", ["one", "two"]),
        ("tags:\n  -\tone\n  - \t two", ["one", "two"]),
        ("tags:\n-\t'a: b'\n-\t[c, d]", ["a: b", ["c", "d"]]),
        ("tags:\n- -\tone", [["one"]]),
        ("tags:\n-\t\n- one", [None, "one"]),
        ("tags:\n- one\n\t\n \t\n- two", ["one", "two"]),
        ("tags:\n- one\n\t# remark\n- two", ["one", "two"]),
        ("tags:\tone", "one"),
        ("tags: one\ttwo", "one\ttwo"),
        ("tags: one\u2028two", "one\u2028two"),
        ("tags:\n- one\u0085\n- two\u2029", ["one\u0085", "two\u2029"]),
        ("tags: |\n  one\u2028two\n  three", "one\u2028two\nthree\n"),
        ("tags: one\r\nother: two", "one"),
        ("tags: one\rother: two", "one"),
        ("\ufefftags: one", "one"),
        ("tags: \ufeffone\ufeff", "\ufeffone\ufeff"),
        ("tags: {{ tag }}", {"[object Object]": None}),
        ("tags: [{{ tag }}, one]", [{"[object Object]": None}, "one"]),
        ("tags: {[a, b]: c}", {"a,b": "c"}),
        ("tags: {1: a, 2.0: b, true: c, ~: d}", {"1": "a", "2": "b", "true": "c", "null": "d"}),
        ("tags: [007, 0o17, 0x1F, 0b11, 1_000, 1:20, +1, .5, 1e3, 1.0]", [7, 15, 31, 3, "1_000", "1:20", 1, 0.5, 1000, 1]),
        ("tags: [yes, No, on, y, True, FALSE, Null, 2022-03-02]", ["yes", "No", "on", "y", True, False, None, "2022-03-02"]),
        ("tags: [!!str 12, ! 12, !!int '12', !!float 1, !!bool true, !!null ~]", ["12", "12", 12, 1, True, None]),
        ("tags: !!set {a, b}", {"a": None, "b": None}),
        ("tags: !!map", {}),
        ("base: &b {x: 1, y: 2}\ntags: {<<: *b, y: 3}", {"x": 1, "y": 3}),
        ("base: &b {x: 1, y: 2}\ntags: {y: 3, <<: *b}", {"y": 3, "x": 1}),
        ("tags: {<<: [{x: 1}, {x: 2, y: 2}]}", {"x": 1, "y": 2}),
        ("tags: [<<]", ["<<"]),
        ("tags: 'it''s'", "it's"),
        ("tags: >\n  one\n  two", "one two\n"),
        ("---\ntags: one", "one"),
        ("tags: one\n...\n", "one"),
        ("tags: 5 # five", 5),
    ],
)
def test_values_are_those_of_js_yaml(yaml: str, value: object) -> None:
    assert load_yaml(yaml)["tags"] == value


@pytest.mark.parametrize(
    "yaml",
    [
        "tags: x\ntags: y",
        "1: x\n1.0: y",
        "tags: !own x",
        "tags: !!python/object/apply:os.system ['true']",
        "tags: !!int x",
        "tags: !!map x",
        "!!seq {a: b}",
        "tags: {<<: one}",
        "tags: {<<: ~}",
        "tags: {[[a]]: b}",
        "tags: {% for tag in tags %}",
        "tags: @one",
        "tags: `one`",
        "tags: one: two",
        "tags: x\u0085y: 2",
        "tags:\n-\tone: two",
        "tags:\n-\t- one",
        "tags:\n\t- one",
        "tags: *nowhere",
        "tags: &a [*a]",
        "tags: one\x07",
        "a: b\n---\nc: d",
    ],
)
def test_what_js_yaml_rejects_is_invalid(yaml: str) -> None:
    with pytest.raises(InvalidYaml):
        load_yaml(yaml)


def test_a_model_index_of_megabytes_is_read() -> None:
    result = "  - task:\n      type: Retrieval\n    metrics:\n    - type: ndcg_at_10\n      value: 0.5\n    - type: 'map at 10'\n      value: 12\n"
    yaml = "language: sv\nmodel-index:\n- name: x\n  results:\n" + result * 10_000
    assert len(yaml) > 1_200_000
    for variant in (yaml, yaml.replace("language: sv", "language: [sv]")):  # line by line, and by the parser
        assert len(load_yaml(variant)["model-index"][0]["results"]) == 10_000


LONG = "long:\n" + "- item\n" * 4_000  # such blocks are read key by key


@pytest.mark.parametrize(
    ("yaml", "value"),
    [
        ("tags: {a: [b]}\n", {"a": ["b"]}),
        ("base: &b [x]\ntags: *b\n", ["x"]),
        ("tags: 'one\n  two'\n", "one two"),
        ("tags: >\n  one\n\n", "one\n"),
        ("tags:\n-\tone\n", ["one"]),
        ("base: &b {x: 1}\nother: 2\ntags:\n  <<: *b\n", {"x": 1}),
        ("# remark\ntags: {}\n# remark\n", {}),
    ],
)
def test_an_odd_field_in_a_long_block_has_the_value_that_it_has_in_a_short_one(yaml: str, value: object) -> None:
    for block in (yaml, LONG + yaml, yaml + LONG):
        assert load_yaml(block)["tags"] == value


@pytest.mark.parametrize(
    "yaml", ["tags: x\nlong: y\n", "tags: *nowhere\n", "tags: 'x\n", "...\ntags: x\n", "---\ntags: x\n", "[tags\n", "tags\n"]
)
def test_a_long_block_is_as_invalid_as_a_short_one(yaml: str) -> None:
    with pytest.raises(InvalidYaml):
        load_yaml(LONG + yaml)


@pytest.mark.parametrize(
    "yaml",
    [
        "a: &a [x, x]\n" + "\n".join(f"b{n}: &a [{'*a, ' * 20}]" for n in range(10)),
        "a: &a {" + ", ".join(f"k{n}: x" for n in range(100)) + "}\nb:\n" + "- {<<: *a}\n" * (MAX_NODES // 100),
        "- x\n" * (MAX_NODES + 1),
        "a:\n" + "- b:\n" * MAX_NODES,
        f"a: &a {'x' * 20_000}\nb: [{'*a, ' * 2_000}]",
    ],
    ids=["aliases", "merges", "items", "mappings", "aliases of a long text"],
)
def test_yaml_of_too_many_nodes_is_rejected(yaml: str) -> None:
    with pytest.raises(TooComplexYaml):
        load_yaml(yaml)


@pytest.mark.parametrize(
    ("card", "data", "body"),
    [
        ("---\n---\nlicense: mit\n---\nText", {"license": "mit"}, "Text"),
        ("---\r\n---\r\nlicense: mit\r\n---\r\nText", {"license": "mit"}, "Text"),
        ("---\n---  \n---\nlicense: mit\n---\nText", {"license": "mit"}, "Text"),
        ("---\n---\nText", {}, "Text"),
        ("---\r\n---\r\nText", {}, "Text"),
        ("---\n---", {}, ""),
        ("---\n---\nText\n\n---\nMore", {}, "Text\n\n---\nMore"),
        ("---\n---\n# Title\n---\nMore", {}, "# Title\n---\nMore"),
        ("---\n\n---\nText", {}, "Text"),
        ("---\nlicense: mit\n--- \t\nText", {"license": "mit"}, "Text"),
        ("\ufeff\u2028\u3000 ---\nlicense: mit\n---\nText", {"license": "mit"}, "Text"),
        ("---\nlicense: mit\n----\ntags: x\n---\nText", None, "Text"),
        ("---\nlicense: {{ license }}\nlanguage: sv\n---\nText", {"license": {"[object Object]": None}, "language": "sv"}, "Text"),
        ("---\ndescription: '\n---\nText", None, "Text"),
        ("```yaml\n---\nlicense: mit\n---\n```\nText", None, "```yaml\n---\nlicense: mit\n---\n```\nText"),
        ("\x85---\nlicense: mit\n---\nText", None, "\x85---\nlicense: mit\n---\nText"),
    ],
)
def test_the_block_is_the_one_that_the_hub_finds(card: str, data: dict[str, object] | None, body: str) -> None:
    front = split_front_matter(card)
    assert (front.data, front.body) == (data, body)


@pytest.mark.parametrize(
    ("card", "body"),
    [
        ("---\nlicense: mit\n", ""),
        ("---\nlicense: mit\ntags:\n- x\n-\n  - y\nmodel-index:\n    results: 3", ""),
        ("---\nlanguage: sv\n\ntags:\n- x\n\n# Title\nText", "# Title\nText"),
        ("---\r\ntags:\r\n- x\r\n#Title\r\nText", "#Title\r\nText"),
        ("---\ntags:\n- x\n\n- an item\n", "- an item\n"),
        ("---\nlicense: mit\n\nNote: it fails.\n", "Note: it fails.\n"),
        ("---\n  A remark below a ruler", "---\n  A remark below a ruler"),
        ("---\n# Title\n", "---\n# Title\n"),
    ],
)
def test_lines_of_a_block_that_was_never_closed_are_no_card_text(card: str, body: str) -> None:
    front = split_front_matter(card)
    assert (front.status, front.data, front.body) == ("unclosed", None, body)


@pytest.mark.parametrize("cut", ["---\nlicense: mit\ndescription: |\n  It\n\n  is", "---\n---\nlicense: mit\nNot closed", "---\nText"])
def test_a_card_that_was_cut_inside_its_front_matter_has_no_text(cut: str) -> None:
    front = split_front_matter(cut, is_truncated=True)
    assert (front.status, front.data, front.body) == ("unclosed", None, "")
    assert split_front_matter("---\nlicense: mit\n---\nTe", is_truncated=True).body == "Te"


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece",
    [
        "\n",
        "\r\n",
        " \n",
        "---\n",
        "--- \n",
        "a:\n",
        "a:\n- b\n",
        "a:\n  b\n",
        "- \t",
        "-\t\t",
        "-\t: x",
        "- ",
        "\t",
        "\t\n",
        "{",
        "&a ",
        "<<: ",
    ],
)
@pytest.mark.parametrize("start", ["---\n", "---\na: ", "---\na:\n-\t"])
@pytest.mark.parametrize("end", ["x", "\n---\ntext"])
def test_a_block_of_one_repeated_piece_is_read_in_linear_time(start: str, piece: str, end: str) -> None:
    front = split_front_matter(start + piece * (600_000 // len(piece)) + end)
    assert front.status in ("valid", "unclosed", "invalid", "not_a_mapping", "too_complex")


CARD_DATA = '{"license": "mit", "language": ["sv"], "tags": ["x"], "datasets": "squad", "base_model": "m/base", "library_name": "peft"}'


@pytest.mark.parametrize(
    "card",
    [
        "No front matter",
        "---\nlicense: [mit\n---\n",
        "---\nlicense: apache-2.0\nlicense: apache-2.0\n---\n",
        "---\na: &a [x]\n" + "\n".join(f"b{n}: &a [{'*a, ' * 20}]" for n in range(10)) + "\n---\n",
        "---\nlicense: apache-2.0\n",
        "---\n- license\n---\n",
        "---\n---\nText",
    ],
)
def test_a_card_without_readable_front_matter_declares_in_every_field_what_the_hub_parsed(card: str) -> None:
    fields, source = declared_fields(split_front_matter(card), CARD_DATA)
    assert source == "card_data"
    assert (fields.licenses, fields.languages, fields.card_tags, fields.datasets) == (["mit"], ["sv"], ["x"], ["squad"])
    assert (fields.base_models, fields.library_name) == (["m/base"], "peft")


def test_front_matter_that_can_be_read_is_the_only_source() -> None:
    fields, source = declared_fields(split_front_matter("---\nlicense: gemma\n---\n"), CARD_DATA)
    assert (fields.licenses, fields.languages, source) == (["gemma"], [], "card")


@pytest.mark.parametrize("card_data", [None, "", "{", "[]", "{}", '{"unknown": "x"}'])
def test_fields_that_nobody_declares_have_no_source(card_data: str | None) -> None:
    assert declared_fields(split_front_matter("Text"), card_data)[1] is None


@pytest.mark.parametrize("field", ["license: {{ license }}", "license: [{{ license }}]", "license:\n- {{ license | default('mit') }}"])
def test_a_template_expression_left_in_one_field_names_nothing_and_spoils_no_other_field(field: str) -> None:
    fields, source = declared_fields(split_front_matter(f"---\n{field}\nlanguage: sv\nbase_model: m/base\n---\n"), None)
    assert (fields.licenses, fields.languages, fields.base_models, source) == ([], ["sv"], ["m/base"], "card")
