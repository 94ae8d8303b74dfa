"""Bills of materials of the selected models as lines of JSON."""

from collections.abc import Iterator
from datetime import date

from hublake.serving.bom.cyclonedx import cyclonedx
from hublake.serving.bom.records import Relation, read_records, whole_table
from hublake.serving.bom.spdx import spdx
from hublake.serving.reader import PublishedTables


def bom_documents(
    published: PublishedTables, day: date, bom_format: str, spec_version: str, relation: Relation = whole_table
) -> Iterator[str]:
    """One line for each model of the temporary table `selected`, by name: `cyclonedx` in that version, or `spdx` 3.0.1.

    `relation` is that of `read_records`.
    """
    for record in read_records(published, day, relation):
        yield (spdx(record) if bom_format == "spdx" else cyclonedx(record, spec_version)) + "\n"
