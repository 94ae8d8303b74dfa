"""Are survival curves and tests those of lifelines on a recorded hub, and how long do all curves of 3.1 million models take?

Derivatives are the recorded tags base_model:<id> whose id is exactly that of a listed model. The end of the observation is the creation of
the newest model. Times are drawn for the second question, with the shares of the recorded hub.
"""

import argparse
import gzip
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from lifelines import KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test

from benchmarks.figure import lap, show
from benchmarks.silver_speed import RECORDED
from hublake.rules.timeline.comparison import log_rank
from hublake.rules.timeline.life_table import LifeTable, life_table
from hublake.rules.timeline.survival import kaplan_meier, quantile, survival_at

BASE, LICENSE = "base_model:", "license:"
FLOOR_ENDS = datetime(2022, 3, 3, tzinfo=UTC).timestamp()
PERMISSIVE = ("license:apache-2.0", "license:mit")
DAYS = (1.0, 7.0, 30.0, 90.0, 365.0)
HUB = 3_100_000

Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# The shares with a derivative after DAYS, or some of them, as lifelines computed them when these definitions were made.
REFERENCE: Mapping[str, tuple[float | None, ...]] = {
    "all": (0.004197, 0.007069, 0.009242, 0.010945, 0.013693),
    "by others": (0.002161, 0.004130, 0.005798, 0.007427, 0.010154),
    "likes >= 10": (None, 0.0967, 0.1517, 0.1908, 0.2607),
    "likes >= 100": (None, 0.1753, 0.2789, 0.3590, 0.4833),
    "permissive": (None, None, None, None, 0.0282),
    "other licence": (None, None, None, None, 0.0249),
    "no licence": (None, None, None, None, 0.0056),
}


class Recorded:
    """The models of a recorded hub above the floor date: `days` until the first derivative (nan: none), `observed` days, and groups."""

    def __init__(self, folder: Path) -> None:
        with gzip.open(folder / "models.jsonl.gz") as lines:
            items = [_DECODER.decode(line) for line in lines]
        place = {item.id: number for number, item in enumerate(items)}
        created = np.array([item.createdAt.timestamp() for item in items])
        owner = [item.id.split("/")[0] for item in items]
        likes = np.array([item.likes for item in items])
        times: dict[str, Values] = {name: np.full(len(items), np.nan) for name in ("any", "others")}
        for number, item in enumerate(items):
            for parent in (place.get(tag[len(BASE) :]) for tag in item.tags if tag.startswith(BASE)):
                if parent is None or parent == number or created[number] < created[parent]:
                    continue
                seconds = created[number] - created[parent]
                for by in ("any", *(("others",) if owner[number] != owner[parent] else ())):
                    times[by][parent] = np.fmin(times[by][parent], seconds)
        kept = created >= FLOOR_ENDS
        self.observed: Values = (created.max() - created[kept]) / 86_400
        self.days = {by: values[kept] / 86_400 for by, values in times.items()}
        licenses = [[tag for tag in item.tags if tag.startswith(LICENSE)] for item in items]
        is_licensed = np.array([bool(tags) for tags in licenses])[kept]
        is_permissive = np.array([any(tag in PERMISSIVE for tag in tags) for tags in licenses])[kept]
        self.strata: dict[str, Flags] = {
            "all": np.ones(kept.sum(), dtype=np.bool_),
            "likes >= 10": likes[kept] >= 10,
            "likes >= 100": likes[kept] >= 100,
            "permissive": is_permissive,
            "other licence": is_licensed & ~is_permissive,
            "no licence": ~is_licensed,
        }

    def parts(self, stratum: str, by: str = "any") -> tuple[Values, Flags]:
        """Durations of a stratum, and whether the derivative came then."""
        days, observed = self.days[by][self.strata[stratum]], self.observed[self.strata[stratum]]
        return np.where(np.isnan(days), observed, days), ~np.isnan(days)

    def table(self, stratum: str, by: str = "any") -> LifeTable:
        durations, came = self.parts(stratum, by)
        return life_table(durations[came], durations[~came])


class _Item(msgspec.Struct):
    id: str
    createdAt: datetime  # noqa: N815 - the Hub's name
    likes: int
    tags: list[str]


_DECODER = msgspec.json.Decoder(_Item)


def reference_errors(recorded: Recorded) -> dict[str, float]:
    """Stratum -> the largest difference from REFERENCE, in units of its last digit."""
    errors = {}
    for name, values in REFERENCE.items():
        table = recorded.table("all", "others") if name == "by others" else recorded.table(name)
        curve = kaplan_meier(table)
        digits = 6 if name in ("all", "by others") else 4
        given = [(1 - survival_at(curve, day), value) for day, value in zip(DAYS, values, strict=True) if value is not None]
        errors[name] = max(abs(ours - value) for ours, value in given) * 10**digits
    return errors


def largest_difference(recorded: Recorded, stratum: str) -> float:
    """Between our survival and bounds and those of lifelines, over all days of a stratum."""
    curve = kaplan_meier(recorded.table(stratum))
    fitter = KaplanMeierFitter().fit(*recorded.parts(stratum))
    theirs = np.column_stack([fitter.survival_function_.loc[curve.durations], fitter.confidence_interval_.loc[curve.durations]])
    return float(np.abs(theirs - np.column_stack([curve.survival, curve.low, curve.high])).max())


def drawn_tables(models: int) -> dict[str, pa.Table]:
    """What the curves of that many models are computed from, drawn: 8 % with a derivative, in seven of fifteen groups each on average."""
    random = np.random.default_rng(0)
    kinds = {"created_year": 5, "size_class": 6, "license_class": 12, "author_kind": 3, "popularity": 4}
    observed = random.integers(0, 1_700 * 86_400, models)
    groups: dict[str, Any] = {
        name: np.array([f"value-{code}" for code in range(size)])[random.integers(0, size, models)] for name, size in kinds.items()
    }
    groups |= {"is_root": random.random(models) < 0.6, "is_notable": random.random(models) < 0.01}
    chosen = np.flatnonzero(random.random(models) < 0.08)
    combinations = [
        (relation, derived_by)
        for relation in ("any", "finetune", "adapter", "quantized", "merge")
        for derived_by in ("any", "others", "own")
    ]
    parts = []
    for relation, derived_by in combinations:
        own = chosen[random.random(chosen.size) < 0.5]
        came = np.minimum((random.exponential(80 * 86_400, own.size)).astype(np.int64), observed[own])
        names = {"event": "derivative", "relation": relation, "derived_by": derived_by}
        columns: dict[str, Any] = {name: pa.repeat(pa.scalar(value), own.size) for name, value in names.items()}
        columns |= {"seconds": came, "observed": observed[own]} | {name: values[own] for name, values in groups.items()}
        parts.append(pa.table(columns))
    return {"observed": pa.table({"observed": observed} | groups), "happened": pa.concat_tables(parts)}


def main() -> None:
    """Compare, then measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=RECORDED, help="folder with models.jsonl.gz of July 2024")
    parser.add_argument("--models", type=int, default=HUB, help="drawn models of the second question")
    args = parser.parse_args()
    recorded = Recorded(args.data)
    whole = recorded.table("all")
    show("models observed", whole.size, unit="models", bar="547,323")
    show("with a derivative", int(whole.events.sum()), unit="models", bar="6,968")
    show("of others", int(recorded.table("all", "others").events.sum()), unit="models", bar="5,051")
    for name, error in reference_errors(recorded).items():
        show(f"{name}: difference from the reference, in its last digit", error, unit="", bar="1")
    median = quantile(kaplan_meier(recorded.table("likes >= 100")), 0.5)
    show("median of models with 100 likes", median.duration or 0, unit="days", bar="437.9")
    compared = [name for name in recorded.strata if name != "all"]
    worst = max(largest_difference(recorded, name) for name in compared)
    show(f"largest difference from lifelines over {len(compared)} strata and every day", worst, unit="", bar="1e-9")
    classes = ("permissive", "other licence", "no licence")
    for chosen in (("permissive", "no licence"), classes):
        ours = log_rank([recorded.table(name) for name in chosen])
        durations, came = (np.concatenate(part) for part in zip(*(recorded.parts(name) for name in chosen), strict=True))
        theirs = multivariate_logrank_test(durations, np.repeat(chosen, [recorded.table(name).size for name in chosen]), came)
        assert ours is not None
        show(
            f"log-rank of {len(chosen)} classes of licences",
            ours.chi_squared,
            theirs.test_statistic,
            unit="",
            peer_name="lifelines",
            bar="within 1e-9",
        )
        show("  difference", abs(ours.chi_squared - theirs.test_statistic), unit="", bar="1e-9")
    _measure_speed(args.models)


def _measure_speed(models: int) -> None:
    from hublake.spark_jobs.gold.timeline import survival_curves, survival_tests

    tables = drawn_tables(models)
    with lap() as curves:
        rows = survival_curves.derivative_rows(**tables)
    show(f"all curves of {models:,} models ({rows.num_rows:,} rows), without Spark", curves.seconds, unit="s", bar="60 s with Spark")
    with lap() as tests:
        rows = survival_tests.test_rows(**tables)
    show(f"all tests ({rows.num_rows:,} rows), without Spark", tests.seconds, unit="s")


if __name__ == "__main__":
    main()
