"""The report as text for a terminal, a file or a pipe."""

from rich.console import Console, Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from hublake.lake.console import UNLIMITED
from hublake.lake.enums import DOCUMENTED_SECTIONS
from hublake.lake.terminal import printable
from hublake.serving.report import TOP, Row
from hublake.serving.report_architectures_view import architecture_sections
from hublake.serving.report_grid import abbreviate, report_grid
from hublake.serving.report_languages_view import language_sections
from hublake.serving.report_origins_view import origin_sections
from hublake.serving.report_rights_view import rights_sections
from hublake.serving.report_tasks_view import task_sections
from hublake.serving.report_techniques_view import technique_sections
from hublake.serving.report_time_view import time_sections
from hublake.serving.report_vendors_view import vendor_sections

TWO_COLUMN_WIDTH, COUNTS_WIDTH = 160, 64  # characters from which a terminal has two columns, and those of the left one
LABELS = {"base": "base (no parent)", "several": "several of these", "alone": "alone (neither parent nor derivative)"}
LEGEND = (
    "score: 0 to 100 within this snapshot, the weighted sum of PageRank, derived, direct and attributed on log scales.",
    "rank: by PageRank alone; #1 is the highest of {models:,}. attributed: downloads of the model and of what derives from it.",
)
SECTIONS = (
    time_sections,
    rights_sections,
    language_sections,
    task_sections,
    origin_sections,
    architecture_sections,
    technique_sections,
    vendor_sections,
)  # by domain, in this order
LEGEND_OF_GUESSES = "guess: share of the direct derivatives whose parent nobody declared."


def print_report(report: Row, console: Console) -> None:
    """Print the facts of `read_report` at the width of the console. Names are shortened to fit; figures and commands never."""
    console.print(render_report(report, console.width))
    console.print(*_ending(report), sep="\n", soft_wrap=True)


def render_report(report: Row, width: int) -> RenderableType:
    """All but the last lines, for a terminal of that width."""
    is_wide = TWO_COLUMN_WIDTH <= width < UNLIMITED
    counts_width, impact_width = (COUNTS_WIDTH, width - COUNTS_WIDTH - 4) if is_wide else (width, width)
    impact = Group(_top_by_impact(report, impact_width), *_legend(report))
    counts = Group(*(part for view in (_models_by_type, _sections, _rejected) for part in (view(report, counts_width), Text())))
    sections = [part for view in SECTIONS for section in view(report, width) for part in (section, Text())]
    if not is_wide:
        return Group(Text(), _title(report), Text(), impact, Text(), counts, *sections)
    columns = Grid.grid(padding=(0, 3))
    columns.add_row(counts, impact)
    return Group(Text(), _title(report), Text(), columns, *sections)


def _title(report: Row) -> Text:
    edges = report["lineage_edges"]
    guessed = f" ({report['guessed_edges'] / max(edges, 1):.0%} guessed)" if report["has_guesses"] else ", guesses left out"
    figures = f", {report['cards_with_text']:,} cards with text, {edges:,} lineage edges{guessed}"
    return Text.assemble(("Hublake", "bold"), f"  snapshot {report['snapshot_date']}  ", (f"{report['models']:,} models", "bold"), figures)


def _legend(report: Row) -> list[Text]:
    lines = [*LEGEND, *[LEGEND_OF_GUESSES] * report["has_guesses"]]
    return [Text(line.format(models=report["models"]), "dim") for line in lines]


def _top_by_impact(report: Row, width: int) -> Group:
    columns = ["model", "score", "derived", "direct", "guess", "downloads", "attributed", "rank"]
    rows = [
        (
            model["model_id"],
            f"{model['impact_score']:.1f}",
            f"{model['descendants']:,}",
            f"{model['dependants']:,}",
            f"{model['guessed_share']:.0%}",
            abbreviate(model["downloads_30d"]),
            abbreviate(model["downloads_attributed"]),
            f"#{model['pagerank_rank']:,}",
        )
        for model in report["top_by_impact"]
    ]
    return report_grid(
        f"Top {TOP} by impact", columns, rows, width, first_out=("guess", "attributed", "rank", "downloads", "direct", "derived")
    )


def _models_by_type(report: Row, width: int) -> Group:
    types = report["models_by_type"]
    total = {name: sum(row[name] for row in types) for name in ("models", "with_derivatives", "downloads_30d")}
    rows = [
        (label, f"{row['models']:,}", f"{row['with_derivatives']:,}", abbreviate(row["downloads_30d"]))
        for label, row in [*((LABELS.get(row["type"], row["type"]), row) for row in types), ("all", total)]
    ]
    title = "Models by type: each in one row, by its relation to its parent"
    columns = ("type", "models", "with derivatives", "downloads")
    return report_grid(title, columns, rows, width, first_out=("with derivatives", "downloads"))


def _sections(report: Row, width: int) -> Group:
    rows = [
        (
            row["section_class"].replace("_", " "),
            f"{row['filled']:,}",
            f"{row['filled_share']:.1%}",
            f"{row['filled_share_low']:.1%} to {row['filled_share_high']:.1%}",
        )
        for row in report["sections"]
    ]
    bold = [name.replace("_", " ") for name in DOCUMENTED_SECTIONS]
    title = "Cards that document a section in their own words"
    columns = ("section", "cards", "share", "95 % interval")
    empty = [("no cards in this snapshot", "", "", "")]
    return report_grid(title, columns, rows or empty, width, bold=bold, first_out=("95 % interval", "share"))


def _rejected(report: Row, width: int) -> Group:
    rows = [(row["reason"], f"{row['records']:,}") for row in report["rejected"]]
    return report_grid("Quarantined or refused", ("reason", "records"), rows or [("none", "0")], width)


def _ending(report: Row) -> list[Text]:
    """Where the results are, and what to run next: lines that can be copied, however narrow the terminal."""
    places = [Text.assemble((f"{label:<12}", "dim"), printable(place)) for label, place in report["locations"].items()]
    commands = [
        line for command, effect in report["next"].items() for line in (Text(f"  # {effect}", "dim"), Text(f"  {printable(command)}"))
    ]
    return [*places, Text(), Text("Next", "bold"), *commands]
