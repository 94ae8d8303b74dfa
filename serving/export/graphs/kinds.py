"""How a model derives from its parents, in graphs and pictures: names and colours."""

from hublake.lake.enums import RELATIONS
from hublake.serving.layouts.raster import COLOURS

KINDS = (*RELATIONS, "base", "alone")
# As in the explorer: base first.
COLOUR_OF = dict(zip(KINDS, (*COLOURS[1:5], COLOURS[0], "#B5B5B5"), strict=True))
NAME_OF = {
    "finetune": "fine-tune",
    "adapter": "adapter",
    "quantized": "quantised",
    "merge": "merge",
    "base": "base",
    "alone": "no relatives",
}
