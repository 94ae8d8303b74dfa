"""Settings in layers: defaults < conf/base.toml < conf/<place>.toml < HUBLAKE_* < flags.

Each value remembers where it came from, so `hublake --show-settings` can say it. Nothing is read at import.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from hublake.lake.errors import WrongUse
from hublake.lake.paths import Location

# Variables of ours that are no settings: where settings come from, and the commit of code that was shipped without its git.
READ_ELSEWHERE = frozenset({"HUBLAKE_CONF", "HUBLAKE_PLACE", "HUBLAKE_GIT_SHA"})


@dataclass(frozen=True)
class CrawlSettings:
    """How the crawler behaves towards a hub."""

    contact: str = ""  # goes into the User-Agent, so that the Hub's operators can reach the crawl's
    page_size: int = 1000  # the Hub caps a page at 1000
    concurrency: int = 8
    max_attempts: int = 8
    timeout_seconds: float = 60.0
    outage_seconds: float = 21_600.0  # how long a hub that answered before is waited for: six hours
    direct_cards: str = "auto"  # auto: straight from the cache of files where the hub serves them; never: always by /resolve/
    max_card_bytes: int = 4_000_000
    batch_rows: int = 5_000
    batch_bytes: int = 64_000_000
    batch_seconds: float = 60.0
    resume_hours: float = 72.0  # a listing that stopped longer ago is begun anew; well below the 30 days that Delta keeps its log
    overlap_seconds: float = 3600.0  # --changed looks back so far behind the listing before: for clocks that differ
    # Quota per window while the server sends no RateLimit headers: those of an anonymous client, the smallest published.
    window_seconds: float = 300.0
    api_quota: int = 500
    resolvers_quota: int = 3000
    pages_quota: int = 100


@dataclass(frozen=True)
class BuildSettings:
    """How Spark jobs run."""

    master: str = "local[*]"
    jars: str = ""  # folder of the jars; empty: beside the Python environment
    driver_memory: str = "2g"
    shuffle_partitions: int = 0  # 0: as many as the session has cores
    tables_at_once: int = 2  # made side by side: while the driver plans one, executors work on the other
    max_quarantine_share: float = 0.05  # a silver table that sets more than this aside is not published,
    few_quarantined: int = 20  # unless it is no more than so many records: a small hub has odd ones too


@dataclass(frozen=True)
class ImpactSettings:
    """Weights of the parts of impact_score; they must sum to 1. Their reasons: docs/method.md."""

    pagerank: float = 0.25
    dependants: float = 0.25
    descendants: float = 0.25
    downloads: float = 0.25


@dataclass(frozen=True)
class Settings:
    """Everything that may differ by place."""

    warehouse: str = "warehouse"
    endpoint: str = "https://huggingface.co"
    crawl: CrawlSettings = field(default_factory=CrawlSettings)
    build: BuildSettings = field(default_factory=BuildSettings)
    impact: ImpactSettings = field(default_factory=ImpactSettings)
    storage: Mapping[str, str] = field(default_factory=dict)  # options of delta-rs for object stores
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def location(self) -> Location:
        """The configured warehouse."""
        return Location(self.warehouse, self.storage)

    def listed(self) -> Iterator[tuple[str, Any, str]]:
        """Every setting as (dotted name, value, where it came from)."""
        for name, value in _leaves(self):
            if not name.startswith("origins"):
                yield name, value, self.origins.get(name, "default")


def conf_folder(environ: Mapping[str, str] | None = None) -> Traversable:
    """The folder of the .toml and .csv files: $HUBLAKE_CONF, or the one that is shipped."""
    chosen = (os.environ if environ is None else environ).get("HUBLAKE_CONF")
    if not chosen:
        return files("hublake.conf")
    if not Path(chosen).is_dir():
        raise WrongUse(f"HUBLAKE_CONF={chosen} is not a folder. Point it at a copy of conf/, or unset it.")
    return Path(chosen)


def load(place: str | None = None, flags: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings of a place (local, cluster ...), with `flags` (dotted names) on top; None values in flags are skipped.

    Raises WrongUse on an unknown key, place or a value of the wrong type, with the valid ones.
    """
    environ = os.environ if environ is None else environ
    place = place or environ.get("HUBLAKE_PLACE", "local")
    settings = Settings()
    folder = conf_folder(environ)
    for file_name in ("base.toml", f"{place}.toml"):
        source = folder / file_name
        if not source.is_file():
            places = sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".toml") and f.name != "base.toml")
            raise WrongUse(f"no place is called '{place}'. There are: {', '.join(places)} (HUBLAKE_PLACE)")
        try:
            tree = tomllib.loads(source.read_text("utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise WrongUse(f"conf/{file_name}: {error}") from None
        settings = _applied(settings, _flattened(tree), f"conf/{file_name}")
    settings = _applied(settings, _from_environment(environ), "environment")
    return _sound(_applied(settings, {k: v for k, v in (flags or {}).items() if v is not None}, "flag"))


def _sound(settings: Settings) -> Settings:
    """The settings, if the weights of impact_score are shares of one and a build can make a table at all."""
    weights = asdict(settings.impact)
    if min(weights.values()) < 0 or abs(sum(weights.values()) - 1) > 1e-9:
        raise WrongUse(f"the weights of [impact] must be at least 0 and sum to 1; seen {weights}")
    if settings.build.tables_at_once < 1:
        raise WrongUse(f"build.tables_at_once = {settings.build.tables_at_once}: a build makes one table at a time or more")
    return settings


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """HF_ENDPOINT keeps its meaning in this ecosystem; HUBLAKE_CRAWL_CONTACT is crawl.contact."""
    named = {"HUBLAKE_" + name.upper().replace(".", "_"): name for name, _, _ in Settings().listed() if name != "storage"}
    ours = {name for name in environ if name.startswith("HUBLAKE_")} - READ_ELSEWHERE
    for name in sorted(ours - set(named)):
        raise WrongUse(f"environment: no setting is called '{name}'. There are: {', '.join(sorted(named))}")
    found = {named[variable]: environ[variable] for variable in ours}
    if "HF_ENDPOINT" in environ:
        found.setdefault("endpoint", environ["HF_ENDPOINT"])
    return found


def _applied(settings: Settings, values: Mapping[str, Any], origin: str) -> Settings:
    valid = {name: value for name, value, _ in settings.listed()}
    for name, value in values.items():
        if name.startswith("storage."):
            settings = replace(settings, storage={**settings.storage, name.removeprefix("storage."): str(value)})
        elif name not in valid:
            raise WrongUse(f"{origin}: no setting is called '{name}'. There are: {', '.join(sorted(valid))}")
        else:
            settings = _with(settings, name.split("."), _typed(name, value, valid[name], origin))
        settings = replace(settings, origins={**settings.origins, name: origin})
    return settings


def _typed(name: str, value: Any, current: Any, origin: str) -> Any:
    """Texts of the environment are read as the setting's type; values of files and flags must have it."""
    wanted = type(current)
    fits = isinstance(value, (wanted, str)) or (wanted is float and isinstance(value, int)) or (wanted is str and isinstance(value, Path))
    try:
        if fits:
            return wanted(value)
    except ValueError:
        pass
    raise WrongUse(f"{origin}: {name} = {value!r} is not of type {wanted.__name__}")


def _with(node: Any, path: list[str], value: Any) -> Any:
    head, *rest = path
    return replace(node, **{head: _with(getattr(node, head), rest, value) if rest else value})


def _leaves(node: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for f in fields(node):
        value = getattr(node, f.name)
        if is_dataclass(value):
            yield from _leaves(value, f"{prefix}{f.name}.")
        else:
            yield f"{prefix}{f.name}", value


def _flattened(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        flat |= _flattened(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return flat
