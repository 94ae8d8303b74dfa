"""Which picture or page an export writes of which models."""

from pathlib import Path

from hublake.lake.errors import WrongUse
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.terminal import printable
from hublake.serving.export.files import Written
from hublake.serving.export.graphs.lineage_graph import LineageGraph
from hublake.serving.export.graphs.placed_graph import read_arrays, require_size
from hublake.serving.export.pictures.charts import draw_growth, draw_ranking
from hublake.serving.export.pictures.lineage import draw_lineage
from hublake.serving.export.pictures.page import write_page
from hublake.serving.export.pictures.tree import draw_tree
from hublake.serving.kin import find_kin, require_model
from hublake.serving.layouts.tree import ABOVE, BELOW
from hublake.serving.models import Kin
from hublake.serving.reader import PublishedTables


def write_picture(
    published: PublishedTables, what: str, layout: str, extension: str, folder: Path, kin: Kin | None, *, is_selected: bool
) -> Written:
    """Write the ranking, the growth curve or the graph in a layout of the models of the table `selected`, or of all models.

    Raises WrongUse if there is nothing to draw or too much for the format or the layout, SetUpMissing without matplotlib.
    """
    if layout == "tree" and kin is not None:
        _select_ego(published, kin)
    if what == "ranking":
        published.require(MODEL_IMPACT)
    graph = LineageGraph(published, is_selected=is_selected)
    arrays = read_arrays(graph, with_relatives=what == "lineage" and not is_selected)
    if not len(arrays.names):
        raise WrongUse("no model is selected that could be drawn. hublake models with the same filters lists them")
    title = _title(kin, is_selected=is_selected)
    path = folder / f"{what if layout != 'tree' else 'tree'}.{extension}"
    if extension == "html":
        require_size(layout, len(arrays.names))
        return write_page(graph, arrays, layout, f"{title}: lineage", path)
    if what == "ranking":
        return draw_ranking(arrays, f"{title}: highest impact", graph.day, path)
    if what == "growth":
        return draw_growth(arrays, f"{title}: growth", graph.day, path)
    if layout == "tree" and kin is not None:
        return draw_tree(graph, arrays, kin.root_id, path)
    return draw_lineage(arrays, layout, title, graph.day, path, without_relatives=graph.nodes - len(arrays.names))


def _title(kin: Kin | None, *, is_selected: bool) -> str:
    if kin is None:
        return "Selected models" if is_selected else "The Hub"
    return f"{'Family' if kin.direction == 'descendants' else 'Ancestors'} of {printable(kin.root_id)}"


def _select_ego(published: PublishedTables, kin: Kin) -> None:
    """Fill the table `selected` with the ancestors and the next derivatives of a model. Raises WrongUse if it is no model."""
    require_model(published, kin.root_id, published.value("SELECT max(snapshot_date) FROM silver.models"))
    for number, (direction, most) in enumerate((("ancestors", ABOVE), ("descendants", BELOW))):
        steps = most if kin.max_steps is None else min(most, kin.max_steps)
        find_kin(published, kin.root_id, "ancestors" if direction == "ancestors" else "descendants", steps)
        into = "INSERT INTO selected" if number else "CREATE OR REPLACE TEMP TABLE selected AS"
        published.execute(f"{into} SELECT model_id FROM kin")
