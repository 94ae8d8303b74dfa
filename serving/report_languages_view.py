"""The section of the report on languages."""

from rich.console import Group, RenderableType
from rich.text import Text

from hublake.serving.report import Row
from hublake.serving.report_grid import report_grid


def language_sections(report: Row, width: int) -> list[RenderableType]:
    """The section of the facts that `read_languages` found."""
    languages = report["languages"]
    return [Group(_means(languages, width), *_others(languages), Text(), _transfer(languages, width))] if languages else []


def _means(languages: Row, width: int) -> Group:
    coverage = languages["coverage"]
    share = coverage["declaring"] / max(coverage["models"], 1)
    rows = [
        (
            row["relation"] or "all",
            f"{row['edges']:,}",
            f"{row['reporting_edges']:,}",
            *("" if row[name] is None else f"{row[name]:.2f}" for name in ("mean_parent", "mean_child", "mutation")),
        )
        for row in languages["means"]
    ]
    title = f"Languages from parent to child; {share:.1%} of all models declare any"
    columns = ("relation", "edges", "both declare", "mean of parents", "mean of children", "mutation")
    return report_grid(title, columns, rows, width, first_out=("edges", "mutation"))


def _others(languages: Row) -> list[Text]:
    return [
        Text(f"  {row['figure'].replace('_', ' ')}: {row['value']} ({row['source']}, {row['date']}; {row['denominator']})", "dim")
        for row in languages["published"]
    ]


def _transfer(languages: Row, width: int) -> Group:
    """Parents in rows, children in columns; both by size."""
    edges = {(row["parent"], row["child"]): row["edges"] for row in languages["transfer"]}
    sizes: dict[str, int] = {}
    for (parent, child), count in edges.items():
        for language in {parent, child}:
            sizes[language] = sizes.get(language, 0) + count
    order = sorted(sizes, key=lambda language: (-sizes[language], language))
    rows = [(parent, *(f"{edges[parent, child]:,}" if (parent, child) in edges else "" for child in order)) for parent in order]
    title = f"Edges between the {len(order)} largest languages: parents in rows, children in columns"
    empty = [("no edge whose two ends declare a language",)]
    return report_grid(title, ("parent", *order), rows or empty, width, first_out=order[::-1])
