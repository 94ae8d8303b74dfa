"""The page docs/commands.md: what each command is for, and its help."""

from collections.abc import Iterator

import click

from hublake.lake.cli import group

INTRODUCTION = """
`hublake COMMAND --help` prints the same. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a gate is closed. Results go to
standard output, progress and problems to standard error.

| you want | command |
| --- | --- |
| one model: what it is, its family, impact, licence, data, card, history | `hublake model ID`; `-q` one line, `-v`, `-vv` more |
| a model, or a list of models, straight from the Hub, without a warehouse | `hublake model ID --live`, `hublake models --live` |
| models by task, language, licence and other filters, sorted | `hublake models --task text-generation --language en --sort likes` |
| the same as CSV, JSON Lines or typed Parquet | `hublake models --author OWNER --format parquet --out results` |
| statistics of these models: popularity, tasks, licences, kinds | `hublake models --author OWNER --statistics` |
| whether a model is a base, fine-tune, adapter, quantised copy or merge, and by which evidence | `hublake model ID` |
| the family of a model | `hublake export --root ID --format csv --out results`; `--ancestors`, `--depth N` |
| edges and models as CSV (`source,target,edge` and metadata) | `hublake export --format cosmograph --out results` |
| a graph for NetworkX, igraph, Gephi, Neo4j | `hublake export --format graphml` (`gexf`, `neo4j`) `--out results` |
| a picture of the whole graph, or of a family | `hublake export --format png --root ID --out results`; `svg`, or a page: `html` |
| the tree of one model | `hublake export --format png --layout tree --root ID --out results` |
| other layouts: timeline, circular, Kamada-Kawai, spring | `hublake export --format png --layout kamada-kawai --root ID --out results` |
| the most important models, or the growth, as a picture | `hublake export --format svg --picture ranking --out results`; `growth` |
| communities of models, to colour graphs by | `hublake export --format cosmograph --out results`: the column `community_id` |
| a page with communities and a physics (spring) layout | `hublake export --format html --layout spring --root ID --out results` |
| a graph for Gephi or Cosmograph with positions | `hublake export --format gexf --layout families --out results`; `cosmograph` |
| tables as CSV, JSON Lines, Parquet or one DuckDB file | `hublake export models --format parquet --out results` |
| your own question; which tables there are | `hublake sql "SELECT ..."`, `hublake sql --questions`; `hublake sql "SHOW TABLES"` |
| a bill of materials | `hublake bom ID --format cyclonedx` |
| every model that a dataset reaches | `hublake tainted --datasets OWNER/NAME` |
| a summary of the whole Hub | `hublake report` |
| the Hub in a browser: map, models, families, licences, trends | `hublake explore` |

Completion of commands and options in the shell: `eval "$(_HUBLAKE_COMPLETE=bash_source hublake)"`, with `zsh_source` or
`fish_source` in those shells.
"""
WIDTH = 110


def command_page() -> Iterator[str]:
    """The lines of the page."""
    yield from ("# Commands", *INTRODUCTION.rstrip().splitlines(), "")
    context = click.Context(group, info_name="hublake", max_content_width=WIDTH, terminal_width=WIDTH)
    yield from _sections(context, group)


def _sections(context: click.Context, command: click.Command) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _sections(click.Context(inner, context, info_name=name, max_content_width=WIDTH, terminal_width=WIDTH), inner)
        return
    yield from (f"## {context.command_path}", "", "```text")
    yield from (line.rstrip() for line in command.get_help(context).splitlines())
    yield from ("```", "")
