"""JSON Lines: one object per line, so that a table of any size can be read line by line."""

from hublake.serving.export.table_format import TableFormat

FORMAT = TableFormat("one object per line", "jsonl", "FORMAT json", has_inferred_types=True)
