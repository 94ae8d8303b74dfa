"""The two images of the mini-cluster: their build context, put together from what `make install` has fetched, and their build."""

import hashlib
import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement

from hublake.lake.settings import load
from hublake.spark_jobs.engine.jars import jar_files
from tools.dist import ROOT
from tools.dist import build as build_wheel

LABEL = "org.opencontainers.image.title=hublake"  # of docker/Dockerfile
EXTRAS = {"crawler": ("crawl", "hub"), "spark": ("spark", "gate")}


def staged(folder: Path) -> str:
    """Write the context of docker/Dockerfile into `folder`; answers a tag that names its content.

    The jars and the wheel are those of this checkout, the packages those of requirements.lock with their digests: an image holds
    what was tested, and a build asks a package registry for nothing else.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "jars").mkdir(parents=True)
    for name in ("Dockerfile", "log4j2.properties"):
        shutil.copyfile(ROOT / "docker" / name, folder / name)
    for jar in jar_files(load()):
        shutil.copyfile(jar, folder / "jars" / jar.name)
    for image, extras in EXTRAS.items():
        (folder / f"{image}.txt").write_text(locked(extras), "utf-8")
    wheel = next(build_wheel(folder / "dist").parent.glob("*.whl"))
    shutil.move(wheel, folder / wheel.name)
    shutil.rmtree(folder / "dist")
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def locked(extras: tuple[str, ...]) -> str:
    """The part of requirements.lock that some extras of Hublake need, found by what the installed packages say of themselves.

    A package that is locked once for each of several Pythons is there each time: pip in the image takes the one for its own.
    """
    entries = re.split(r"\n(?=\w)", (ROOT / "requirements.lock").read_text("utf-8"))
    needed: set[str] = set()
    waiting = [Requirement(f"hublake[{','.join(extras)}]")]
    seen: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        needed.add(name_of(requirement.name))
        waiting += _wanted_by(requirement)
    return "\n".join(entry.rstrip() for entry in entries if name_of(entry) in needed) + "\n"


def _wanted_by(requirement: Requirement) -> list[Requirement]:
    """Its direct requirements on Linux, whatever machine asks; a package that is not installed here wants nothing."""
    try:
        lines = requires(requirement.name) or []
    except PackageNotFoundError:
        return []
    wanted = map(Requirement, lines)
    places = [{"extra": extra, "sys_platform": "linux", "platform_system": "Linux"} for extra in (*requirement.extras, "")]
    return [each for each in wanted if each.marker is None or any(each.marker.evaluate(place) for place in places)]


def name_of(entry: str) -> str:
    """The name of a package as registries compare it: Foo.bar==1 -> foo-bar."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]*", entry)[0]).lower()  # type: ignore[index]


def remove() -> None:
    """All images of this project, of earlier checkouts and of stages in between as well."""
    of_ours = ("--filter", f"label={LABEL}")
    found = subprocess.run(["docker", "image", "ls", "--quiet", *of_ours], capture_output=True, text=True, check=False).stdout.split()
    subprocess.run(["docker", "image", "rm", "--force", *found], capture_output=True, check=False)
    subprocess.run(["docker", "image", "prune", "--force", *of_ours], capture_output=True, check=False)


def build(context: Path, tag: str, base: str, log: Path) -> bool:
    """Build both images unless they are there; what docker says goes to `log`. Answers whether both are there in the end."""
    with log.open("wb") as file:
        for image in EXTRAS:
            name = f"hublake/{image}:{tag}"
            if subprocess.run(["docker", "image", "inspect", name], capture_output=True, check=False).returncode == 0:
                continue
            # The build's own network: an engine without a bridge has no other way to the package registries.
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
