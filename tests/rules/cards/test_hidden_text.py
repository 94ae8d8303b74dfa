"""Raw HTML hides exactly what CommonMark and HTML hide: comments, styles, scripts, declarations."""

import pytest

from hublake.rules.cards.card_text import word_count_and_language
from hublake.rules.cards.markup import readable_text, split_blocks, strip_hidden, text_of_rows
from hublake.rules.cards.sections import split_sections


@pytest.mark.parametrize(
    "word",
    [
        *(
            "<style-anime>",
            "<stylegan>",
            "<style_anime>",
            "<style:anime>",
            "<styles>",
            "<scripture>",
            "<script-x>",
            "<script_x>",
            "</style>",
        ),
        *("<!-->", "<!--->", "<!---->", "<!-- x -->", "<!--x--y-->", "<!- x ->", "<! x>", "<!>", "<?>", "<?x?>", "<!X>", "<![CDATA[x]]>"),
        *("<!DOCTYPE html>", "&lt;!--", "&lt;style>", "< !--", "< style>", "<!\u2013\u2013"),
        *("<img alt='<!--' src=x>", '<a title="<style>">x</a>', "<b data-x=\"1\" title='<script>'>x</b>", "<pre-trained>", "<table-x>"),
        *("<style>p {}</style>", "<STYLE>p {}</STYLE>", "<Script src=x></Script>", "<style/></style>"),
        *("<style><!-- </style>", "<script>'</script-x>'</script>", "<!-- <style> -->", '<!-- <a title="-->', "<https://style>"),
    ],
)
@pytest.mark.parametrize(
    "place", ["Use {} here.\n\n", "{}\n\n", "Use {}\n\n", "- {}\n\n", "> {}\n\n", "| a |\n| - |\n| {} |\n\n", "<div>{}</div>\n\n"]
)
def test_a_complete_piece_of_markup_hides_nothing_below_it(word: str, place: str) -> None:
    card = place.format(word) + "## Bias\n\nIt prefers the north.\n"
    found = split_sections(card)[-1]
    assert (found.heading, found.text) == ("Bias", "It prefers the north.")
    assert "It prefers the north." in readable_text(card)


@pytest.mark.parametrize("opening", ["<!--", "<!-- x --", "<style>", "<STYLE type=x>", "<script>", "<script\n", "<!-- > -> "])
def test_what_is_never_closed_hides_all_below_it(opening: str) -> None:
    assert [section.heading for section in split_sections(f"# A\n\n{opening}\n\n## Bias\n\nIt prefers the north.\n")] == ["A"]


@pytest.mark.parametrize(
    ("html", "visible"),
    [
        ("a<!--b-->c", "ac"),
        ("a<!--b--!>c", "ac"),
        ("a<!-->c", "ac"),
        ("a<!--->c", "ac"),
        ("a<!--b->c-->d", "ad"),
        ("a<!--b<!--c-->d", "ad"),
        ("a<style>b</style>c", "ac"),
        ("a<style>b</style-x></style >c", "ac"),
        ("a<script>'<!--'</script>c", "ac"),
        ("a<script\nb></script\n>c", "ac"),
        ("a<!--<script>-->c", "ac"),
        ("a<?b?>c<!d>e", "ace"),
        ("a<!--b", "a"),
        ("a<script", "a<script"),
        ("a<style-b>c", "a<style-b>c"),
        ("a<b c='<!--'>d<!--e-->f", "a<b c='<!--'>df"),
        ("a<b c='>d<!--e-->f", "a<b c='>df"),
        ("a <b 'c'", "a <b 'c'"),
    ],
)
def test_hidden_text_is_removed_by_the_tokens_of_html(html: str, visible: str) -> None:
    assert strip_hidden(html) == visible


def test_entities_are_resolved_once_and_impossible_ones_stay() -> None:
    digits = "9" * 5_000
    card = f"&amp;lt; &lt;b&gt; &eacute; &#233; &#xE9; &nosuch; &#{digits}; &#x{digits}; &#0;\n\n<p>&amp;lt; &eacute; &#{digits};</p>\n"
    text = readable_text(card)
    assert text.split()[:6] == ["&lt;", "<b>", "é", "é", "é", "&nosuch;"]
    assert f"&#{digits};" in text
    assert word_count_and_language(card)[0] > 0


def test_rows_of_a_table_end_at_rows_only() -> None:
    html = "<table><tr><td>a <tr-x> <trg></td></tr><tr><td>b <table-x> <pre-x> c</td></tr></table>"
    (table,) = split_blocks(html)
    assert [text_of_rows(row) for row in table.rows()] == ["", "a", "b c"]
