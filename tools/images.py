"""Build the two images of the mini-cluster from files that `make install` has fetched."""

import hashlib
import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement

from hublake.lake.settings import load
from hublake.spark_jobs.engine.jars import jar_files
from tools.dist import ROOT, build_wheel

LABEL = "org.opencontainers.image.title=hublake"  # of docker/Dockerfile
EXTRAS = {"crawler": ("crawl", "hub"), "spark": ("spark", "gate", "read")}


def write_context(folder: Path) -> str:
    """Write the build context of docker/Dockerfile into `folder`; returns a tag derived from its content.

    The jars and the wheel are those of this checkout, the packages those of requirements.lock with their digests: an image
    has what was tested, and its build requests nothing else from a package registry.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "jars").mkdir(parents=True)
    for name in ("Dockerfile", "log4j2.properties"):
        shutil.copyfile(ROOT / "docker" / name, folder / name)
    for jar in jar_files(load()):
        shutil.copyfile(jar, folder / "jars" / jar.name)
    for image, extras in EXTRAS.items():
        (folder / f"{image}.txt").write_text(locked_packages(extras), "utf-8")
    wheel = next(build_wheel(folder / "dist").parent.glob("*.whl"))
    shutil.move(wheel, folder / wheel.name)
    shutil.rmtree(folder / "dist")
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def locked_packages(extras: tuple[str, ...]) -> str:
    """The part of requirements.lock that the extras need, according to the metadata of the installed packages.

    A package that is locked separately for several Python versions is included for all: pip in the image chooses.
    """
    entries = re.split(r"\n(?=\w)", (ROOT / "requirements.lock").read_text("utf-8"))
    needed: set[str] = set()
    left = [Requirement(f"hublake[{','.join(extras)}]")]
    seen: set[str] = set()
    while left:
        requirement = left.pop()
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        needed.add(name_of(requirement.name))
        left += _requirements_of(requirement)
    return "\n".join(entry.rstrip() for entry in entries if name_of(entry) in needed) + "\n"


def _requirements_of(requirement: Requirement) -> list[Requirement]:
    """Its direct requirements on Linux, on whichever platform this runs; empty for a package that is not installed."""
    try:
        lines = requires(requirement.name) or []
    except PackageNotFoundError:
        return []
    direct = map(Requirement, lines)
    environments = [{"extra": extra, "sys_platform": "linux", "platform_system": "Linux"} for extra in (*requirement.extras, "")]
    return [each for each in direct if each.marker is None or any(each.marker.evaluate(environment) for environment in environments)]


def name_of(entry: str) -> str:
    """The normalised name of a package: Foo.bar==1 -> foo-bar."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]*", entry)[0]).lower()  # type: ignore[index]


def remove() -> None:
    """Remove all images of this project, including intermediate stages and images of earlier checkouts."""
    label_filter = ("--filter", f"label={LABEL}")
    found = subprocess.run(["docker", "image", "ls", "--quiet", *label_filter], capture_output=True, text=True, check=False).stdout.split()
    subprocess.run(["docker", "image", "rm", "--force", *found], capture_output=True, check=False)
    subprocess.run(["docker", "image", "prune", "--force", *label_filter], capture_output=True, check=False)


def build_images(context: Path, tag: str, base: str, log: Path) -> bool:
    """Build both images unless they exist, with docker's output in `log`; returns whether both exist now."""
    with log.open("wb") as file:
        for image in EXTRAS:
            name = f"hublake/{image}:{tag}"
            if subprocess.run(["docker", "image", "inspect", name], capture_output=True, check=False).returncode == 0:
                continue
            # The host's network: an engine without a bridge cannot reach the package registries otherwise.
            command = [
                "docker",
                "build",
                "--network",
                "host",
                "--build-arg",
                f"BASE_IMAGE={base}",
                "--target",
                image,
                "-t",
                name,
                str(context),
            ]
            if subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, check=False).returncode:
                return False
    return True
