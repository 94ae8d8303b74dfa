"""Kinds of damage to a warehouse: what happens to its files, and what Hublake must say and do."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

IMPACT, LISTINGS, BUILDS, RESULTS, QUARANTINE = (
    "gold.model_impact",
    "bronze.listings",
    "gold.builds",
    "gold.quality_results",
    "silver.quarantine",
)
Damage = Callable[[Path], object]  # gets the folder of the table


@dataclass(frozen=True)
class Case:
    """`sees` names the commands that must refuse: with exit code 1 and one sentence that names the table. All others must work.

    `repair` is what --repair does: rebuild the table from bronze, undo commits of others, keep what is intact (bronze), begin an empty table, or
    nothing.
    """

    name: str
    damage: Damage
    table: str = IMPACT
    sees: str = "report export build"
    repair: str = "rebuild"


def data_file(folder: Path) -> Path:
    """A data file of the newest version."""
    return Path(DeltaTable(folder).file_uris()[0])


def commit(folder: Path, version: int = -1) -> Path:
    return sorted((folder / "_delta_log").glob("*.json"))[version]


def garbage(path: Path) -> None:
    path.write_bytes(b"\x00garbage\xff" * 20)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def same_size(path: Path) -> None:
    path.write_bytes(b"x" * path.stat().st_size)


def middle(path: Path) -> None:
    """Overwrite pages, but neither the length nor the footer of a Parquet file."""
    content = path.read_bytes()
    path.write_bytes(content[:4] + b"\xff" * 300 + content[304:])


def become_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def become_file(path: Path) -> None:
    shutil.rmtree(path)
    path.write_text("not a folder", "utf-8")


def dangle(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    path.symlink_to("/nowhere/at/all")


def move_and_link(folder: Path) -> None:
    folder.symlink_to(folder.rename(folder.with_name("elsewhere")))


def emptied(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def future_protocol(folder: Path) -> None:
    actions = [json.loads(line) for line in commit(folder).read_text("utf-8").splitlines()]
    actions.append({"protocol": {"minReaderVersion": 99, "minWriterVersion": 99}})
    commit(folder).write_text("\n".join(map(json.dumps, actions)), "utf-8")


def without_data(folder: Path) -> None:
    for file in folder.rglob("*.parquet"):
        file.unlink()


def with_checkpoint(damage: Damage) -> Damage:
    def checkpointed(folder: Path) -> None:
        DeltaTable(folder).create_checkpoint()
        damage(folder)

    return checkpointed


def damage_checkpoint(folder: Path) -> None:
    """Leave only a damaged checkpoint of the first commits."""
    garbage(next((folder / "_delta_log").glob("*.checkpoint*.parquet")))
    commit(folder, 0).unlink()


def lose_checkpoint(folder: Path) -> None:
    next((folder / "_delta_log").glob("*.checkpoint*.parquet")).unlink()
    commit(folder, 0).unlink()


def append_rows(folder: Path) -> None:
    table = DeltaTable(folder)
    write_deltalake(table, table.to_pyarrow_table(), mode="append")


def overwrite_rows(folder: Path) -> None:
    rows = DeltaTable(folder).to_pyarrow_table()
    write_deltalake(folder, rows.slice(0, 1), mode="overwrite")


def change_columns(folder: Path) -> None:
    rows = DeltaTable(folder).to_pyarrow_table()
    write_deltalake(folder, rows.append_column("extra", pa.array([1] * len(rows))), mode="append", schema_mode="merge")


def compact(folder: Path) -> None:
    DeltaTable(folder).optimize.z_order(["model_id"])


def vacuum(folder: Path) -> None:
    DeltaTable(folder).vacuum(0, dry_run=False, enforce_retention_duration=False, full=True)


def in_order(*damages: Damage) -> Damage:
    return lambda folder: [damage(folder) for damage in damages]


def of_file(change: Damage) -> Damage:
    return lambda folder: change(data_file(folder))


def of_commit(change: Damage, version: int = -1) -> Damage:
    return lambda folder: change(commit(folder, version))


def of_log(change: Damage) -> Damage:
    return lambda folder: change(folder / "_delta_log")


BUILD_ONLY = "build"  # readers open the published version, which is intact
CASES = (
    Case("data file deleted", of_file(Path.unlink)),
    Case("data file truncated", of_file(truncate)),
    Case("data file overwritten", of_file(garbage)),
    Case("data file overwritten with as many bytes", of_file(same_size)),
    Case("data file of no bytes", of_file(lambda path: path.write_bytes(b""))),
    Case("data file with damaged pages", of_file(middle), sees="report export"),
    Case("a folder in place of a data file", of_file(become_folder)),
    Case("a link to nothing in place of a data file", of_file(dangle)),
    Case("all data files deleted", without_data),
    Case("garbage in a commit", of_commit(garbage)),
    Case("half a commit", of_commit(truncate)),
    Case("commit of no bytes", of_commit(lambda path: path.write_bytes(b"")), sees=BUILD_ONLY),
    Case("JSON in a commit that is none of Delta's", of_commit(lambda path: path.write_text('{"a": 1}\n', "utf-8")), sees=BUILD_ONLY),
    Case("first commit deleted", of_commit(Path.unlink, 0)),
    Case("published commit deleted", of_commit(Path.unlink)),
    Case("a folder in place of a commit", of_commit(become_folder)),
    Case("protocol of the future", future_protocol),
    Case("log deleted", of_log(shutil.rmtree)),
    Case("log emptied", of_log(emptied)),
    Case("log a file", of_log(become_file)),
    Case("log a link to nothing", of_log(dangle)),
    Case("checkpoint damaged", with_checkpoint(damage_checkpoint)),
    Case("checkpoint deleted", with_checkpoint(lose_checkpoint)),
    Case(
        "garbage in _last_checkpoint",
        with_checkpoint(lambda folder: garbage(folder / "_delta_log" / "_last_checkpoint")),
        sees="",
        repair="",
    ),
    Case("table moved away", lambda folder: folder.rename(folder.with_name("elsewhere"))),
    Case("table deleted", shutil.rmtree),
    Case("table emptied", emptied),
    Case("table a file", become_file),
    Case("table a link to nothing", dangle),
    Case("table a link to where it is now", move_and_link, sees="", repair=""),
    Case("rows deleted by others", lambda folder: DeltaTable(folder).delete("dependants = 1"), sees=BUILD_ONLY, repair="undo"),
    Case("rows changed by others", lambda folder: DeltaTable(folder).update({"dependants": "9"}), sees=BUILD_ONLY, repair="undo"),
    Case("rows added by others", append_rows, sees=BUILD_ONLY, repair="undo"),
    Case("rows replaced by others", overwrite_rows, sees=BUILD_ONLY, repair="undo"),
    Case("version restored by others", lambda folder: DeltaTable(folder).restore(0), sees=BUILD_ONLY, repair="undo"),
    Case("column added by others", change_columns, sees=BUILD_ONLY, repair="undo"),
    Case(
        "property set by others",
        lambda folder: DeltaTable(folder).alter.set_table_properties({"delta.appendOnly": "false"}),
        sees=BUILD_ONLY,
        repair="undo",
    ),
    Case("files compacted by others", compact, sees="", repair="undo"),
    Case("vacuumed by others", vacuum, sees="", repair="undo"),
    Case("compacted and vacuumed by others", in_order(compact, vacuum)),
    Case("rows deleted and vacuumed by others", in_order(lambda folder: DeltaTable(folder).delete("dependants = 1"), vacuum)),
    Case("build log deleted", shutil.rmtree, table=BUILDS, sees=BUILD_ONLY, repair="all"),
    Case("build log: garbage in a commit", of_commit(garbage), table=BUILDS, repair="all"),
    Case("build log: data file truncated", of_file(truncate), table=BUILDS, repair="all"),
    Case("build log: data file deleted", of_file(Path.unlink), table=BUILDS, repair="all"),
    Case("results of checks truncated", of_file(truncate), table=RESULTS, sees="export build", repair="restart"),
    Case("results of checks: garbage in a commit", of_commit(garbage), table=RESULTS, repair="restart"),
    Case("quarantine: data file deleted", of_file(Path.unlink), table=QUARANTINE, sees="report build"),
    Case("quarantine: garbage in a commit", of_commit(garbage), table=QUARANTINE, sees="report build"),
    Case("bronze: data file deleted", of_file(Path.unlink), table=LISTINGS, sees=BUILD_ONLY, repair="keep"),
    Case("bronze: data file truncated", of_file(truncate), table=LISTINGS, sees=BUILD_ONLY, repair="keep"),
    Case("bronze: data file overwritten", of_file(garbage), table=LISTINGS, sees=BUILD_ONLY, repair="keep"),
    Case("bronze: damaged pages", of_file(middle), table=LISTINGS, sees="", repair="keep"),
    Case("bronze: garbage in a commit", of_commit(garbage), table=LISTINGS, repair="lose"),
    Case("bronze: log deleted", of_log(shutil.rmtree), table=LISTINGS, repair="lose"),
)
