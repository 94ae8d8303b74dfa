"""Edges from models to the models that they derive from."""

from hublake.lake.enums import EVIDENCE, PARENT_STATUS, RELATIONS, RESOLUTIONS
from hublake.lake.schema.columns import BY_SNAPSHOT, CHILD_ID, CONFIDENCE, PARENT_ID, SNAPSHOT_DATE, flag
from hublake.lake.schema.declaration import Column, Table

LINEAGE_EDGES = Table(
    "lineage_edges",
    layer="silver",
    comment="Which model derives from which, child to parent, with the evidence",
    grain="one row per child, parent and relation",
    key=("snapshot_date", "child_id", "parent_id", "relation"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        CHILD_ID,
        PARENT_ID,
        Column("relation", "string", "How the child derives from the parent", required=True, values=RELATIONS),
        Column("evidence", "string", "Strongest evidence of the edge", required=True, values=EVIDENCE),
        flag("is_relation_declared", "Whether the Hub or the author declared the relation; otherwise a rule inferred it"),
        CONFIDENCE,
        Column("parent_status", "string", "Whether the parent is a listed model", required=True, values=PARENT_STATUS),
        Column("resolved_by", "string", "How the intended model was found, if parent_status is renamed", values=RESOLUTIONS),
        Column("declared_parent", "string", "The parent's name as the child declares it; parent_id if evidence is in_name", required=True),
        flag("is_self_loop", "Whether child and parent are the same model"),
        flag("is_cycle", "Whether the edge is on a cycle of two models or more"),
        flag("is_child_older", "Whether the child was created before its parent; false if either date is the floor or unknown"),
    ),
)
