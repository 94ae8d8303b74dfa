"""Names that attack what shows them: terminals, HTML pages, spreadsheets, tables of text. Each output is tested with all of them."""

NASTY_NAMES = (
    # terminals: title, clear, cursor, colour, hyperlink, clipboard, bell, backspace, C1 introducers
    "a/\x1b]0;owned\x07",
    "a/\x1b[2J\x1b[H",
    "a/\x1b[31mred\x1b[0m",
    "a/\x1b]8;;http://x.example\x1b\\click\x1b]8;;\x1b\\",
    "a/\x1b]52;c;ZXZpbA==\x07",
    "a/\x07\x08\x08\x08safe",
    "a/\x9b2Jc1",
    "a/\x9dtitle\x9c",
    "a/\x00nul",
    "a/\x7fdelete",
    # rows: line breaks of all kinds, tabs
    "a/one\nhublake: 0 failures",
    "a/one\r\ntwo",
    "a/100 %\rFAILED",
    "a/one\ttwo",
    "a/one\x0btwo\x0cthree",
    "a/one\u2028two\u2029three",
    "a/one\x85two",
    # what a reader does not see: bidi overrides, zero width, tags, byte order mark
    "a/\u202egnp.exe",
    "a/\u2066\u2067isolated\u2069",
    "a/zero\u200bwidth\u200d",
    "\ufeffa/mark",
    "a/tag\U000e0041",
    # markup of pages and of rich
    "<script>alert(1)</script>",
    "a/<img src=x onerror=alert(1)>",
    "a/\"onmouseover='alert(1)'",
    "a/</td></tr></table><h1>owned</h1>",
    "a/&lt;b&gt;&amp;",
    "a/[bold red]markup[/]",
    "a/[/nothing]",
    "a/${jndi:x} $column $$ {0} %s %(x)s {{ 7*7 }} {% raw %}",
    "javascript:alert(1)",
    # formulas of spreadsheets
    "=cmd|'/c calc'!A0",
    '=HYPERLINK("http://x.example","click")',
    "+1+1",
    "-2+3",
    "@SUM(1,1)",
    "\t=1+1",
    "\uff1d1+1",
    # quotes and separators of CSV, and length
    'a/"quoted", with; separators',
    "a/" + "x" * 500,
)
