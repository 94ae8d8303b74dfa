"""Settings in layers: defaults < conf/base.toml < conf/<place>.toml < HUBLAKE_* < flags. A place is a deployment: local, cluster ...

Each value keeps its origin, which `hublake --show-settings` prints. Nothing is read at import.
"""

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from hublake.lake.errors import WrongUse
from hublake.lake.paths import Location, refused_character
from hublake.lake.suggestions import did_you_mean

# HUBLAKE_* variables that are not settings: where settings come from, and the commit of code that is shipped without a .git folder.
NOT_SETTINGS = frozenset({"HUBLAKE_CONF", "HUBLAKE_PLACE", "HUBLAKE_GIT_SHA", "HUBLAKE_VERBOSITY"})


@dataclass(frozen=True)
class CrawlSettings:
    """Behaviour of the crawler towards a hub."""

    contact: str = ""  # part of the User-Agent, so that the Hub's operators can reach you
    page_size: int = 1000  # the Hub caps a page at 1000
    concurrency: int = 8
    max_attempts: int = 8
    timeout_seconds: float = 60.0
    outage_seconds: float = 21_600.0  # how long an outage of a hub that responded before may last: six hours
    direct_cards: str = "auto"  # auto: from the hub's resolve cache, if it serves cards; never: always by /resolve/
    max_card_bytes: int = 4_000_000
    batch_rows: int = 5_000
    batch_bytes: int = 64_000_000
    batch_seconds: float = 60.0
    resume_hours: float = 72.0  # older unfinished listings are not resumed; well below the 30 days for which Delta keeps its log
    overlap_seconds: float = 3600.0  # how far --changed looks back beyond the previous listing, because clocks differ
    # Quota per window while the server sends no RateLimit headers: that of an anonymous client, the smallest published one.
    window_seconds: float = 300.0
    api_quota: int = 500
    resolvers_quota: int = 3000
    pages_quota: int = 100


@dataclass(frozen=True)
class BuildSettings:
    """Execution of Spark jobs."""

    master: str = "local[*]"
    jars: str = ""  # folder of the jars; empty: in the Python environment
    driver_memory: str = "2g"
    shuffle_partitions: int = 0  # 0: one per core of the session
    # Rows of unchanged models are carried over from the last snapshot of a table with this many rows. Below, computing all takes less time.
    carry_over_min_rows: int = 20_000
    tables_at_once: int = 2  # built concurrently: while the driver plans one, executors work on another
    # A silver table that quarantines a larger share of its records is not published, unless the number is small, as in a small hub.
    max_quarantine_share: float = 0.05
    few_quarantined: int = 20  # the largest number that counts as small


@dataclass(frozen=True)
class ImpactSettings:
    """Weights of the parts of impact_score, which must sum to 1. docs/method/impact.md gives the reasons."""

    pagerank: float = 0.25
    dependants: float = 0.25
    descendants: float = 0.25
    downloads: float = 0.25


@dataclass(frozen=True)
class GraphSettings:
    """When the derivation graph outgrows one task."""

    # A task on the graph needs 0.3 GB and 0.6 GB for each million pairs (docs/operations.md): 1.8 GB here, and two may run at once in the
    # 4 GB of spark.executor.memoryOverhead in conf/spark/cluster.conf. With more pairs, Spark contracts leaves in rounds first.
    max_pairs_in_one_task: int = 2_500_000


@dataclass(frozen=True)
class Settings:
    """All settings that may differ by place."""

    warehouse: str = "warehouse"
    endpoint: str = "https://huggingface.co"
    crawl: CrawlSettings = field(default_factory=CrawlSettings)
    build: BuildSettings = field(default_factory=BuildSettings)
    impact: ImpactSettings = field(default_factory=ImpactSettings)
    graph: GraphSettings = field(default_factory=GraphSettings)
    storage: Mapping[str, str] = field(default_factory=dict)  # options of delta-rs for object stores
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def location(self) -> Location:
        """The configured warehouse."""
        return Location(self.warehouse, self.storage)

    def entries(self) -> Iterator[tuple[str, Any, str]]:
        """Yield every setting as (dotted name, value, origin)."""
        for name, value in _leaves(self):
            if not name.startswith("origins"):
                yield name, value, self.origins.get(name, "default")


def conf_folder(environ: Mapping[str, str] | None = None) -> Traversable:
    """Return the folder of the .toml and .csv files: $HUBLAKE_CONF, or the shipped one."""
    chosen = (os.environ if environ is None else environ).get("HUBLAKE_CONF")
    if not chosen:
        return files("hublake.conf")
    if not Path(chosen).is_dir():
        raise WrongUse(f"HUBLAKE_CONF={chosen} is not a folder. Point it at a copy of conf/, or unset it.")
    return Path(chosen)


def load(place: str | None = None, flags: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Load the settings of a place, with `flags` (by dotted name) on top; flags that are None are skipped.

    Raises WrongUse for an unknown key or place, with the valid names, and for a value of the wrong type.
    """
    environ = os.environ if environ is None else environ
    place = place or environ.get("HUBLAKE_PLACE", "local")
    settings = Settings()
    folder = conf_folder(environ)
    for file_name in ("base.toml", f"{place}.toml"):
        source = folder / file_name
        if not source.is_file():
            places = sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".toml") and f.name != "base.toml")
            raise WrongUse(f"no place is called '{place}'. Places: {', '.join(places)} (HUBLAKE_PLACE)")
        try:
            tree = tomllib.loads(source.read_text("utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise WrongUse(f"conf/{file_name}: {error}") from None
        settings = _apply(settings, _flatten(tree), f"conf/{file_name}")
    settings = _apply(settings, _from_environment(environ), "environment")
    return _validated(_apply(settings, {k: v for k, v in (flags or {}).items() if v is not None}, "flag"))


def _validated(settings: Settings) -> Settings:
    """Return the settings. Raises WrongUse for an empty warehouse, weights of impact_score that do not sum to 1, and no table at a time."""
    if not settings.warehouse.strip():
        origin = settings.origins["warehouse"]
        name = {"flag": "--warehouse", "environment": "HUBLAKE_WAREHOUSE"}.get(origin, f"warehouse in {origin}")
        raise WrongUse(f"{name} is empty. It needs a folder or an object-store address; without it the warehouse is ./{Settings.warehouse}")
    if character := refused_character(settings.warehouse):
        raise WrongUse(
            f"the path of the warehouse {settings.warehouse!r} contains {character!r}, which Spark or delta-rs cannot handle. Choose"
            " another path for --warehouse: letters of any language, digits, blanks and most punctuation are allowed"
        )
    weights = asdict(settings.impact)
    if min(weights.values()) < 0 or abs(sum(weights.values()) - 1) > 1e-9:
        raise WrongUse(f"the weights of [impact] must be at least 0 and sum to 1; seen {weights}")
    if settings.graph.max_pairs_in_one_task < 0:
        raise WrongUse(f"graph.max_pairs_in_one_task = {settings.graph.max_pairs_in_one_task}: it needs to be at least 0")
    if settings.build.tables_at_once < 1:
        raise WrongUse(f"build.tables_at_once = {settings.build.tables_at_once}: a build needs to build at least one table at a time")
    return settings


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the settings in environment variables: HUBLAKE_CRAWL_CONTACT is crawl.contact; HF_ENDPOINT has its usual meaning."""
    named = {"HUBLAKE_" + name.upper().replace(".", "_"): name for name, _, _ in Settings().entries() if name != "storage"}
    ours = {name for name in environ if name.startswith("HUBLAKE_")} - NOT_SETTINGS
    for name in sorted(ours - set(named)):
        raise WrongUse(f"environment: no setting is called '{name}'." + _known(name, named))
    found = {named[variable]: environ[variable] for variable in ours}
    if "HF_ENDPOINT" in environ:
        found.setdefault("endpoint", environ["HF_ENDPOINT"])
    return found


def _known(name: str, settings: Iterable[str]) -> str:
    """A sentence that suggests settings for a misspelt one, or lists all."""
    return did_you_mean(name, settings) or f" Settings: {', '.join(sorted(settings))}"


def _apply(settings: Settings, values: Mapping[str, Any], origin: str) -> Settings:
    valid = {name: value for name, value, _ in settings.entries()}
    for name, value in values.items():
        if name.startswith("storage."):
            settings = replace(settings, storage={**settings.storage, name.removeprefix("storage."): str(value)})
        elif name not in valid:
            raise WrongUse(f"{origin}: no setting is called '{name}'." + _known(name, valid))
        else:
            settings = _replace_at(settings, name.split("."), _convert(name, value, valid[name], origin))
        settings = replace(settings, origins={**settings.origins, name: origin})
    return settings


def _convert(name: str, value: Any, current: Any, origin: str) -> Any:
    """Convert the text of an environment variable to the setting's type; values of files and flags must already have it."""
    wanted = type(current)
    fits = isinstance(value, (wanted, str)) or (wanted is float and isinstance(value, int)) or (wanted is str and isinstance(value, Path))
    try:
        if fits:
            return wanted(value)
    except ValueError:
        pass
    raise WrongUse(f"{origin}: {name} = {value!r} is not of type {wanted.__name__}")


def _replace_at(node: Any, path: list[str], value: Any) -> Any:
    head, *rest = path
    return replace(node, **{head: _replace_at(getattr(node, head), rest, value) if rest else value})


def _leaves(node: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for f in fields(node):
        value = getattr(node, f.name)
        if is_dataclass(value):
            yield from _leaves(value, f"{prefix}{f.name}.")
        else:
            yield f"{prefix}{f.name}", value


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        flat |= _flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return flat
