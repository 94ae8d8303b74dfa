"""Every third-party import of the packages is declared in pyproject.toml, in the extra that installs the package's dependencies."""

import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions

import grimp
import pytest

from tests.conventions.sources import ROOT

ROOT_PACKAGE = "hublake"
JOBS = tuple(f"hublake.spark_jobs.{name}" for name in ("job", "silver", "gold", "steps", "dataframes", "graph"))
# Extras -> the modules that an installation with these extras runs, with everything that they import.
INSTALLATIONS = {
    (): ("hublake.lake.cli", "hublake.lake.schema", "hublake.lake.settings"),
    ("crawl",): ("hublake.crawler",),
    ("read", "live", "pictures"): ("hublake.serving", "hublake.explorer"),
    ("bi",): ("hublake.serving.bi",),
    ("hub",): ("hublake.sample_hub",),
    ("spark",): JOBS,  # executors
    ("spark", "gate"): ("hublake.spark_jobs", "hublake.expectations"),  # the driver
}
SEPARATE = "hublake.serving.bi"  # clients of the SQL server: an extra of their own
OF_PYHIVE = {"pure-sasl", "thrift", "thrift-sasl"}  # PyHive imports them without depending on them
OF_CALLER = {"igraph", "networkx", "polars"}  # results in a form that only callers who have the library ask for (hublake.open)
IN_SUPERSET = "hublake.serving.bi.superset"  # Superset loads it, with its own packages


@cache
def imports() -> grimp.ImportGraph:
    """Modules of the project and what they import when they run, also inside of functions."""
    return grimp.build_graph(ROOT_PACKAGE, include_external_packages=True, exclude_type_checking_imports=True, cache_dir=None)


def distributions(modules: tuple[str, ...]) -> set[str]:
    """Distributions of the third-party packages that the modules import, directly or through other modules of the project."""
    graph, seen = imports(), set[str]()
    left = [name for name in graph.modules if any(is_within(name, module) for module in modules) and name != IN_SUPERSET]
    if SEPARATE not in modules:
        left = [name for name in left if not is_within(name, SEPARATE)]
    while left:
        module = left.pop()
        if module not in seen:
            seen.add(module)
            left += graph.find_modules_directly_imported_by(module) if module.startswith(ROOT_PACKAGE) else ()
    external = {module.partition(".")[0] for module in seen} - {ROOT_PACKAGE} - set(sys.stdlib_module_names)
    distribution_of = installed_packages()
    unknown = external - distribution_of.keys()
    assert not unknown, f"no installed distribution has {unknown}; packages of the project are imported as hublake.<package>"
    return {normalised(distribution_of[package][0]) for package in external}


def is_within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


@cache
def installed_packages() -> Mapping[str, list[str]]:
    return packages_distributions()


def declared(extras: tuple[str, ...]) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return {normalised(match[0]) for line in lines if (match := re.match(r"[\w.-]+", line))}


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize(("extras", "modules"), INSTALLATIONS.items(), ids=lambda value: "+".join(value) or "no extra")
def test_third_party_imports_are_declared(extras: tuple[str, ...], modules: tuple[str, ...]) -> None:
    assert distributions(modules) - OF_CALLER <= declared(extras)


def test_every_declared_dependency_is_imported() -> None:
    extras = tuple(sorted({extra for installation in INSTALLATIONS for extra in installation}))
    imported = set[str]().union(*(distributions(modules) for modules in INSTALLATIONS.values()))
    assert declared(extras) - OF_PYHIVE <= imported
