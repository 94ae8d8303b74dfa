"""Pictures of an export: the graph of lineage in a layout, one model's tree, a ranking, a growth curve; and a page of one family."""
