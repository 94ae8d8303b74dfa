"""How authors build on one another's models."""

from hublake.lake.enums import RELATIONS
from hublake.lake.schema.columns import BY_SNAPSHOT, SNAPSHOT_DATE, count
from hublake.lake.schema.declaration import Column, Table

VENDOR_FLOW = Table(
    "vendor_flow",
    layer="gold",
    comment="Which authors build on which, by relation, including an author's own models",
    grain="one row per child author, parent author and relation",
    key=("snapshot_date", "child_author", "parent_author", "relation"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("child_author", "string", "Author of the derived models; empty for canonical names", required=True),
        Column("parent_author", "string", "Author of the models derived from; empty for canonical names", required=True),
        Column("relation", "string", "Relation of child to parent", required=True, values=RELATIONS),
        count("models", "Distinct derived models"),
        count("models_guessed", "Of these, models that derive from the author's by evidence in_name or bare_tag alone"),
        count("parents", "Distinct models derived from"),
        count("downloads_30d", "Downloads of 30 days of the derived models"),
    ),
)
