"""Command-line definitions of the readers: export, models, report, sql and tainted."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hublake.lake.enums import DATASET_ROLES
from hublake.lake.options import AS_OF, ENDPOINT, WAREHOUSE, LocalFolder
from hublake.lake.terminal import echo, notice, printable
from hublake.serving.export.formats import find_format, format_names
from hublake.serving.export.table_format import FileFormat, TableFormat
from hublake.serving.layouts import LAYOUTS
from hublake.serving.options import LIST_FORMAT, LIVE, OUTPUT_FORMAT, RAW, WITHOUT_GUESSES, filter_texts, require_csv, with_filters
from hublake.serving.output_formats import SORTS

if TYPE_CHECKING:
    from hublake.serving.live.hub_client import HubClient

FORMATS = format_names()
PICTURES = ("lineage", "ranking", "growth")
LISTED_MODELS = 20  # of `hublake models` as text
PRINTED_ROWS = 40  # of `hublake sql` as text


def _format(name: str, *, raw: bool) -> FileFormat:
    """The format of that name; with `raw`, without the protection of spreadsheets."""
    found = find_format(name)
    if not raw:
        return found
    if not isinstance(found, TableFormat) or found.select_raw is None:
        raise click.UsageError("--raw applies to --format csv")
    return replace(found, select=found.select_raw)


@click.command(short_help="Write published tables, or the graph of lineage, to files.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(FORMATS),
    required=True,
    help="; ".join(f"{name}: {find_format(name).summary}" for name in FORMATS) + ".",
)
@click.option(
    "--out",
    type=LocalFolder(),
    required=True,
    help="Output folder. Earlier files of the same names are replaced.",
)
@click.option("--root", "root_id", metavar="ID", help="Only descendants of that model or dataset, with itself.")
@click.option("--ancestors", is_flag=True, help="With --root: the ancestors instead of the descendants.")
@click.option("--depth", type=click.IntRange(1), metavar="N", help="With --root: at most N steps from it.")
@with_filters
@click.option(
    "--layout",
    type=click.Choice(LAYOUTS),
    help="Positions of models in png, svg, html, and as coordinates in gexf, graphml, cosmograph. families (default of pictures): discs;"
    " timeline: by creation; tree: one model's ancestors and derivatives, with --root; circular, kamada-kawai, spring: small graphs.",
)
@click.option(
    "--picture",
    type=click.Choice(PICTURES),
    help="png, svg: the graph of lineage (default), the models of highest impact, or the growth over time.",
)
@click.option("--raw", is_flag=True, help="csv: leave text that a spreadsheet runs as a formula (= + - @) as it is, without an apostrophe.")
@WITHOUT_GUESSES
@WAREHOUSE
@AS_OF
def export(
    tables: tuple[str, ...],
    format_name: str,
    out: Path,
    root_id: str | None,
    ancestors: bool,
    depth: int | None,
    layout: str | None,
    picture: str | None,
    raw: bool,
    without_guesses: bool,
    warehouse: str | None,
    as_of: str | None,
    **given: str | tuple[str, ...] | None,
) -> None:
    """Write the named tables to one file each. Without names: all gold tables and the lineage edges.

    The formats graphml, gexf, cosmograph and neo4j write the graph of lineage, models with their edges; png, svg and html draw it (png and
    svg need matplotlib: pip install 'hublake[pictures]'). The format duckdb writes one file, hublake.duckdb, without names with all tables
    of silver and gold.

    --root ID and the filters of `hublake models` select models. Of each named table only rows on them are written, of edges those between
    two of them; without names, models and edges. --root also writes descendants.csv: model_id, steps from the root, the edge by which it
    was found (parent_id, relation, evidence) and downloads_30d.

    Columns such as dependants_guessed count the guessed edges behind a figure. --without-guesses writes lineage edges and impact without
    guessed edges, and omits other tables that count them.

    \b
    Examples:
      hublake export model_impact lineage_edges --format csv --out results --warehouse demo/warehouse
      hublake export --format duckdb --out results --warehouse demo/warehouse
      hublake export models --root ID --format json --out results --warehouse demo/warehouse
      hublake export --format gexf --task text-generation --min-downloads 10 --out results --warehouse demo/warehouse
      hublake export --format png --root ID --out results --warehouse demo/warehouse
    """
    from hublake.lake.schema import find_table
    from hublake.lake.settings import load
    from hublake.serving.export.export import Selection, run_export
    from hublake.serving.models import Kin
    from hublake.serving.reader import open_published

    if root_id is None and (ancestors or depth):
        raise click.UsageError(f"{'--ancestors' if ancestors else '--depth'} needs --root ID")
    kin = None if root_id is None else Kin(root_id, "ancestors" if ancestors else "descendants", depth)
    selection = Selection([find_table(name) for name in tables], kin, filter_texts(given), layout, picture)
    file_format = _format(format_name, raw=raw)
    selection.require_fit(format_name, file_format)
    published = open_published(load(flags={"warehouse": warehouse}), as_of, without_guesses=without_guesses)
    for line in run_export(published, selection, file_format, out):
        echo(line)


@click.command(short_help="Print a summary of a snapshot.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json: one object with all figures unrounded.",
)
@WITHOUT_GUESSES
@WAREHOUSE
@AS_OF
def report(format_name: str, without_guesses: bool, warehouse: str | None, as_of: str | None) -> None:
    """Models by type, the twenty models with the highest impact, what cards document, licences, datasets, and quarantined records.

    The column guess is the share of direct derivatives that nobody declared; --without-guesses ranks without them. On a terminal, long
    names are shortened; in a file or a pipe they are complete.

    \b
    Example:
      hublake report --warehouse demo/warehouse
    """
    import json

    from hublake.lake.console import open_console
    from hublake.lake.settings import load
    from hublake.serving.reader import open_published
    from hublake.serving.report import read_report
    from hublake.serving.report_view import print_report

    found = read_report(open_published(load(flags={"warehouse": warehouse}), as_of, without_guesses=without_guesses))
    if format_name == "json":
        echo(json.dumps(found, indent=2))
        return
    print_report(found, open_console())


@click.command(short_help="Every model that a set of datasets reaches.")
@click.option(
    "--datasets", "named", multiple=True, required=True, metavar="FILE|ID", help="A dataset, or a file with one a line. Repeatable."
)
@click.option(
    "--roles",
    default=",".join(role for role in DATASET_ROLES if role != "eval"),
    show_default=True,
    help=f"Uses that count, separated by commas: {', '.join(DATASET_ROLES)}.",
)
@click.option(
    "--out",
    type=LocalFolder(),
    help="Write all models to this folder, as tainted.csv.",
)
@WITHOUT_GUESSES
@WAREHOUSE
@AS_OF
def tainted(named: tuple[str, ...], roles: str, out: Path | None, without_guesses: bool, warehouse: str | None, as_of: str | None) -> None:
    """List the models that declare one of the datasets, or one derived from them, and the descendants of these models.

    This is what declarations say, no proof of what is in the weights. Each model has a shortest path, and the relations on it.

    \b
    Examples:
      hublake tainted --datasets rajpurkar/squad --warehouse demo/warehouse
      hublake tainted --datasets squad --datasets glue --out results --warehouse demo/warehouse
    """
    from hublake.lake.settings import load
    from hublake.serving.export.files import written_line
    from hublake.serving.reader import open_published
    from hublake.serving.tainted import find_tainted, read_dataset_names, write_tainted

    chosen = [role.strip() for role in roles.split(",") if role.strip()]
    unknown = sorted(set(chosen) - set(DATASET_ROLES))
    if unknown or not chosen:
        raise click.UsageError(f"--roles: no such role: {', '.join(unknown) or 'none given'}. There are: {', '.join(DATASET_ROLES)}")
    published = open_published(load(flags={"warehouse": warehouse}), as_of, without_guesses=without_guesses)
    found = find_tainted(published, read_dataset_names(named), chosen)
    echo(
        f"{found.reached:,} models are reached, {found.direct:,} of them declare the data themselves; "
        f"{found.downloads:,} downloads in 30 days"
    )
    if found.unused:
        echo(f"no model declares {len(found.unused):,} of the names: {', '.join(found.unused[:5])}", err=True)
    if out is not None:
        echo(written_line(write_tainted(published, out)))
        return
    for model, dataset, relations in published.rows(
        "SELECT model_id, dataset_id, relations FROM silver.models JOIN tainted USING (model_id)"
        " WHERE snapshot_date = (SELECT max(snapshot_date) FROM silver.models) ORDER BY downloads_30d DESC NULLS LAST, model_id LIMIT 20"
    ):
        echo(printable(f"{model}  {dataset}  {relations or 'declares it'}"))


@click.command(short_help="SQL on the published tables.")
@click.argument("query", required=False)
@click.option("--question", metavar="NAME", help="Run an example question by its name or number.")
@click.option("--questions", "lists_questions", is_flag=True, help="List the example questions.")
@OUTPUT_FORMAT
@click.option("--limit", type=click.IntRange(1), metavar="N", help=f"Print at most N rows. [default: text: {PRINTED_ROWS}; csv, json: all]")
@RAW
@WITHOUT_GUESSES
@WAREHOUSE
@AS_OF
def sql(
    query: str | None,
    question: str | None,
    lists_questions: bool,
    output_format: str,
    limit: int | None,
    raw: bool,
    without_guesses: bool,
    warehouse: str | None,
    as_of: str | None,
) -> None:
    """Run a query of DuckDB's SQL on bronze.*, silver.* and gold.*, in the versions of the last build. It can only read.

    SHOW TABLES lists the tables, DESCRIBE silver.models the columns of one; SUMMARIZE and EXPLAIN work too. Without a query, statements
    come from standard input; on a terminal, from a prompt. A statement ends with a semicolon.

    \b
    Examples:
      hublake sql "SELECT relation, count(*) FROM silver.lineage_edges GROUP BY ALL" --warehouse demo/warehouse
      hublake sql --question 01_most_impactful_models --warehouse demo/warehouse
    """
    import sys

    from hublake.lake.settings import load
    from hublake.serving.output import write_rows
    from hublake.serving.prompt import read_statements
    from hublake.serving.read_only_sql import ReadOnlySql, question_summaries, read_question
    from hublake.serving.reader import open_published

    require_csv(output_format, raw=raw)
    if lists_questions:
        write_rows(("question", "asks"), question_summaries(), output_format, raw=raw)
        return
    if query is not None and question is not None:
        raise click.UsageError("give a query or --question, not both")
    text = query if question is None else read_question(question)
    queries = ReadOnlySql(open_published(load(flags={"warehouse": warehouse}), as_of, without_guesses=without_guesses))

    default_limit = PRINTED_ROWS if output_format == "text" else None

    def run(statements: str) -> None:
        for result in queries.run(statements):
            most = limit or (None if result.is_short else default_limit)
            write_rows(result.columns, result.rows, output_format, limit=most, raw=raw)

    if text is None and sys.stdin.isatty():
        read_statements(run)
    else:
        run(sys.stdin.read() if text is None else text)


@click.command(short_help="Everything known about one model.")
@click.argument("model_id", metavar="ID")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="json: all facts, unrounded.",
)
@click.option(
    "-v",
    "--verbose",
    count=True,
    help="-v: all that the Hub tells, and tables with rows on the model; -vv: all rows, all columns and the Hub's own response.",
)
@click.option("-q", "--quiet", is_flag=True, help="One line.")
@LIVE
@ENDPOINT
@WITHOUT_GUESSES
@WAREHOUSE
@AS_OF
def model(
    model_id: str,
    output_format: str,
    verbose: int,
    quiet: bool,
    live: bool,
    endpoint: str | None,
    without_guesses: bool,
    warehouse: str | None,
    as_of: str | None,
) -> None:
    """Show one model: what it is and by which evidence, its ancestors and what derives from it, impact, licence, data, card and history.

    \b
    Examples:
      hublake model ID --warehouse demo/warehouse
      hublake model ID --format json -vv --warehouse demo/warehouse
      hublake model ID --live
    """
    from hublake.lake.settings import load
    from hublake.serving.model_facts import ModelFacts
    from hublake.serving.model_view import print_model
    from hublake.serving.reader import open_published

    if live:
        _require_nothing_of_a_warehouse(warehouse, as_of)
        from hublake.serving.live.live_facts import LiveFacts

        facts = LiveFacts(_hub(endpoint), model_id, raw=verbose > 1, without_guesses=without_guesses).read()
    elif endpoint is not None:
        raise click.UsageError("--endpoint applies to --live")
    else:
        published = open_published(load(flags={"warehouse": warehouse}), as_of, without_guesses=without_guesses)
        has_all_tables = verbose > 0 or output_format == "json"
        facts = ModelFacts(published, model_id, raw=verbose > 1, has_all_tables=has_all_tables).read()
    print_model(facts, output_format, -1 if quiet else verbose)


def _require_nothing_of_a_warehouse(warehouse: str | None, as_of: str | None) -> None:
    if warehouse is not None or as_of is not None:
        raise click.UsageError("--live reads the Hub as it is now: omit --warehouse and --as-of")


def _hub(endpoint: str | None) -> "HubClient":
    from hublake.lake.hub_token import find_token
    from hublake.lake.settings import load
    from hublake.serving.live.hub_client import HubClient

    settings = load(flags={"endpoint": endpoint})
    return HubClient(settings.endpoint, find_token(), settings.crawl.timeout_seconds, notice)


@click.command(short_help="Bills of materials (ML-BOM) of models.")
@click.argument("model_id", metavar="[ID]", required=False)
@click.option("--all", "is_all", is_flag=True, help="Of all models, or of those that meet the filters, one document per line.")
@click.option("--format", "bom_format", type=click.Choice(["cyclonedx", "spdx"]), default="cyclonedx", show_default=True, help="Standard.")
@click.option("--spec", type=click.Choice(["1.6", "1.7"]), default="1.6", show_default=True, help="Version of CycloneDX.")
@click.option("--out", type=LocalFolder(), help="Write to bom.<format>.json(l) in this folder instead of standard output.")
@with_filters
@WAREHOUSE
@AS_OF
def bom(
    model_id: str | None,
    is_all: bool,
    bom_format: str,
    spec: str,
    out: Path | None,
    warehouse: str | None,
    as_of: str | None,
    **given: str | tuple[str, ...] | None,
) -> None:
    """Write what a model consists of: its version, licences, declared ancestors, datasets, architecture and what its card admits.

    CycloneDX (a machine-learning-model component with a model card) or SPDX 3.0.1 (AI profile), as JSON. Parents that nobody declared are
    properties and no ancestors. Licences are those that the model declares; nobody has reviewed them.

    \b
    Examples:
      hublake bom ID --warehouse demo/warehouse
      hublake bom --all --license apache-2.0 --format spdx --out results --warehouse demo/warehouse
    """
    from hublake.lake.settings import load
    from hublake.serving.bom.documents import bom_documents
    from hublake.serving.export.files import write_file, written_line
    from hublake.serving.models import SelectedModels
    from hublake.serving.reader import open_published

    texts = filter_texts(given)
    if (model_id is None) != is_all or (model_id and texts):
        raise click.UsageError("give the ID of a model, or --all with or without filters")
    published = open_published(load(flags={"warehouse": warehouse}), as_of)
    selected = SelectedModels(published, texts, model_id=model_id)
    lines = bom_documents(published, selected.day, bom_format, spec)
    if out is None:
        for line in lines:
            echo(line.rstrip("\n"))
        return
    name = f"bom.{bom_format}.jsonl" if is_all else f"bom.{bom_format}.json"
    echo(written_line(write_file(out / name, lines, rows=selected.total)))


@click.command(short_help="The models that meet filters.")
@with_filters
@click.option("--root", "root_id", metavar="ID", help="Descendants of that model or dataset, with itself.")
@click.option("--sort", type=click.Choice(list(SORTS)), default="downloads", show_default=True, help="Order of the list.")
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", help=f"List at most N models. [default: text, --live: {LISTED_MODELS}; else all]"
)
@click.option("--statistics", is_flag=True, help="Figures of all models that meet the filters, in place of the list.")
@LIST_FORMAT
@click.option("--out", type=LocalFolder(), help="Write to models.<format> in this folder instead of standard output.")
@RAW
@LIVE
@ENDPOINT
@WITHOUT_GUESSES
@WAREHOUSE
@AS_OF
def models(
    root_id: str | None,
    sort: str,
    limit: int | None,
    statistics: bool,
    output_format: str,
    out: Path | None,
    raw: bool,
    live: bool,
    endpoint: str | None,
    without_guesses: bool,
    warehouse: str | None,
    as_of: str | None,
    **given: str | tuple[str, ...] | None,
) -> None:
    """List models by popularity, impact or age, or print statistics of them. Without --limit, csv, json and parquet contain every model
    that meets the filters.

    A filter that is given several times keeps models with any of the values; different filters must all be met. Letter case of values does
    not matter. With --live, the Hub's own list: one value for each filter, and --root means direct derivatives.

    \b
    Examples:
      hublake models --task text-generation --language en --min-downloads 10 --warehouse demo/warehouse
      hublake models --task text-generation --language en --live
      hublake models --license apache-2.0 --size 1b..13b --sort impact --format csv --warehouse demo/warehouse
    """
    from hublake.lake.settings import load
    from hublake.serving.models import Kin, SelectedModels
    from hublake.serving.models_view import print_list, print_statistics, require_fit
    from hublake.serving.reader import open_published

    require_csv(output_format, raw=raw)
    require_fit(output_format, out, statistics=statistics)
    if live:
        _require_nothing_of_a_warehouse(warehouse, as_of)
        if statistics:
            raise click.UsageError("--statistics are those of a warehouse: omit --live")
        from hublake.serving.live.live_models import live_models

        found = live_models(_hub(endpoint), filter_texts(given), sort, limit or LISTED_MODELS, root_id)
        print_list(found, output_format, out, raw=raw)
        return
    if endpoint is not None:
        raise click.UsageError("--endpoint applies to --live")
    published = open_published(load(flags={"warehouse": warehouse}), as_of, without_guesses=without_guesses)
    selected = SelectedModels(published, filter_texts(given), None if root_id is None else Kin(root_id))
    if statistics:
        print_statistics(selected.statistics(), output_format, raw=raw)
        return
    is_text = output_format == "text"
    limit = limit or (LISTED_MODELS if is_text else None)
    if is_text:
        first = f"; the first {limit:,} by {sort}:" if limit and selected.total > limit else ""
        echo(f"{selected.total:,} models of {selected.day} meet the filters{first}")
    print_list(selected.listed(sort, limit), output_format, out, raw=raw)
