"""One export: which models and tables, in which format."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from hublake.lake.errors import WrongUse
from hublake.lake.schema import Table
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.export.database import export_database
from hublake.serving.export.files import written_line
from hublake.serving.export.graphs.lineage_graph import LineageGraph
from hublake.serving.export.graphs.placed_graph import add_positions
from hublake.serving.export.pictures.pictures import write_picture
from hublake.serving.export.table_format import DatabaseFormat, FileFormat, GraphFormat, PictureFormat
from hublake.serving.export.write import export_kin, export_tables
from hublake.serving.kin import kin_condition
from hublake.serving.models import Kin, SelectedModels
from hublake.serving.reader import PublishedTables

WITH_COORDINATES = ("cosmograph", "gexf", "graphml")


@dataclass(frozen=True)
class Selection:
    """What to export: the named tables, and the models that filters and `kin` choose; all models without them."""

    tables: Sequence[Table] = ()
    kin: Kin | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    layout: str | None = None  # of LAYOUTS
    picture: str | None = None  # lineage, ranking or growth

    @property
    def has_models(self) -> bool:
        return self.kin is not None or bool(self.filters)

    def require_fit(self, name: str, file_format: FileFormat) -> None:
        """Raise WrongUse if the format cannot write this selection."""
        if isinstance(file_format, DatabaseFormat) and self.has_models:
            raise WrongUse(f"--format {name} writes whole tables. With --root or filters choose csv, json, parquet or a format for graphs")
        if isinstance(file_format, GraphFormat | PictureFormat) and self.tables:
            raise WrongUse(f"--format {name} writes the graph of lineage: leave out the names of tables")
        self._require_layout(name, file_format)
        if self.has_models:
            for table in self.tables:
                kin_condition(table)

    def _require_layout(self, name: str, file_format: FileFormat) -> None:
        if self.picture and not (isinstance(file_format, PictureFormat) and file_format.extension != "html"):
            raise WrongUse("--picture applies to --format png and svg")
        if self.layout and not (isinstance(file_format, PictureFormat) or name in WITH_COORDINATES):
            raise WrongUse(f"--layout applies to --format png, svg, html, {', '.join(WITH_COORDINATES)}")
        if self.layout and self.picture not in (None, "lineage"):
            raise WrongUse(f"--layout applies to --picture lineage; a {self.picture} has none")
        if self.layout == "tree":
            if name not in ("png", "svg"):
                raise WrongUse("--layout tree is a picture of one model: choose --format png or svg")
            if self.kin is None or self.filters or self.kin.direction == "ancestors":
                raise WrongUse(
                    "--layout tree draws the ancestors and derivatives of one model: use it with --root ID alone, or with --depth"
                )


def run_export(published: PublishedTables, selection: Selection, file_format: FileFormat, folder: Path) -> Iterator[str]:
    """Write the files; yields a line on each when it is complete. Raises what the functions of this package raise."""
    if isinstance(file_format, DatabaseFormat):
        database, counts = export_database(published, selection.tables, folder)
        for name, rows in counts.items():
            yield written_line(database._replace(rows=rows), name)
        return
    if selection.has_models:
        SelectedModels(published, selection.filters, selection.kin)
    if isinstance(file_format, PictureFormat):
        what, layout = selection.picture or "lineage", selection.layout or "families"
        yield written_line(
            write_picture(published, what, layout, file_format.extension, folder, selection.kin, is_selected=selection.has_models)
        )
        return
    if isinstance(file_format, GraphFormat):
        graph = LineageGraph(published, is_selected=selection.has_models)
        if selection.layout is not None:
            add_positions(graph, selection.layout)
        writer = import_module(f"hublake.serving.export.graphs.{file_format.module}")
        yield from map(written_line, writer.write(graph, folder))
        return
    tables = list(selection.tables)
    if selection.kin is not None:
        yield written_line(export_kin(published, selection.kin.direction, file_format, folder))
    elif selection.filters and not tables:
        tables = [MODELS, LINEAGE_EDGES]
    if tables or not selection.has_models:
        conditions = [kin_condition(table, "selected") for table in tables] if selection.has_models else []
        yield from map(written_line, export_tables(published, tables, file_format, folder, conditions))
