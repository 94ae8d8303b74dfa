"""The tags by which the Hub marks the parents of a model. A module of its own: tables that read tags need no rule of lineage."""

BASE_MODEL_TAG = "base_model:"  # followed by the parent's id, or by the relation, a colon and the id
