"""The mini-cluster in docker: crawl, build, check and export against a practice hub, then a SQL server on the tables.

    python -m tools.cluster up [--base IMAGE] [--models N]      make cluster
    python -m tools.cluster down                                make cluster-down

Its files are in build/cluster, the tables in a docker volume. `down` removes all of it, including the images.
"""

import argparse
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import images
from tools.dist import ROOT

FOLDER = ROOT / "build" / "cluster"
PROJECT = "hublake"
BASE = "debian:bookworm-slim"
SERVICES = ("hub", "master", "worker0", "worker1")
USER = "reader"
START_TIMEOUT_SECONDS = 300


class ClusterError(Exception):
    """A missing requirement or a failure, with a message for the user."""


def missing_requirement() -> str | None:
    """What this machine lacks for a mini-cluster, in one line; None if an engine and compose are available."""
    if shutil.which("docker") is None:
        return "docker is not installed"
    if not _succeeds("docker", "version", "--format", "{{.Server.Version}}"):
        return "no docker engine is running (docker version); start one, or set DOCKER_HOST to its address"
    if not _succeeds(*compose_command(), "version"):
        return "the docker engine is running, but neither 'docker compose' nor docker-compose is installed"
    return None


def compose_command() -> list[str]:
    """The compose plugin if it is installed, else the older command."""
    return ["docker", "compose"] if _succeeds("docker", "compose", "version") else ["docker-compose"]


def _succeeds(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


class Cluster:
    """Runs compose on one project, with the images and the secrets of this checkout."""

    def __init__(self, tag: str, models: int) -> None:
        self.command = [*compose_command(), "-p", PROJECT, "-f", str(ROOT / "compose.yaml"), "--project-directory", str(ROOT)]
        self.environment = os.environ | {
            "TAG": tag,
            "MODELS": str(models),
            "SECRETS": str(FOLDER / "secrets"),
            "SECRETS_GID": secrets_group(),
        }

    def call(self, *arguments: str) -> str:
        """Run compose with these arguments; returns its output. Raises ClusterError with the end of the output if it fails."""
        done = subprocess.run(
            [*self.command, *arguments], env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        if done.returncode:
            raise ClusterError(f"compose {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout[-3000:]}")
        return done.stdout

    def run(self, service: str, *command: str) -> str:
        """Run one command in a new container."""
        return self.call("run", "--rm", "-T", service, *command)

    def up(self, *services: str) -> None:
        """Start services and wait until each is healthy."""
        self.call("up", "-d", "--no-build", *services)
        end = time.monotonic() + START_TIMEOUT_SECONDS
        for service in services:
            while (state := self.state(service)) != "running healthy":
                if state.startswith("exited") or time.monotonic() > end:
                    raise ClusterError(f"{service} is {state}:\n{self.call('logs', '--tail', '40', service)}")
                time.sleep(0.5)

    def state(self, service: str) -> str:
        """State and health of a service: 'running healthy' once it is up."""
        container = self.container(service)
        shown = ["docker", "inspect", "-f", "{{.State.Status}} {{.State.Health.Status}}", container]
        return subprocess.run(shown, capture_output=True, text=True, check=False).stdout.strip()

    def container(self, service: str) -> str:
        """Id of the service's container."""
        return self.call("ps", "-q", service).split()[-1]

    def address(self, service: str, port: int) -> str:
        """Address of a service's port on this machine."""
        return self.call("port", service, str(port)).strip().splitlines()[-1]


def up(base: str, models: int) -> Cluster:
    """Start the cluster, then crawl, build, check and export in it. Raises ClusterError."""
    if reason := missing_requirement():
        raise ClusterError(reason)
    FOLDER.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()

    def report(step: str) -> None:
        print(f"{time.monotonic() - begin:6.0f} s  {step}", flush=True)

    report("images")
    tag = images.write_context(FOLDER / "context")
    if not images.build_images(FOLDER / "context", tag, base, FOLDER / "images.log"):
        end = (FOLDER / "images.log").read_text("utf-8", errors="replace")[-1500:]
        raise ClusterError(f"could not build the images on {base} (--base names another Debian 12); end of {FOLDER / 'images.log'}:\n{end}")
    write_secrets(FOLDER / "secrets")
    (FOLDER / "tag").write_text(tag, "utf-8")
    cluster = Cluster(tag, models)
    report("hub, Spark master and two workers")
    cluster.up(*SERVICES)
    run_pipeline(cluster, report)
    report("SQL server")
    cluster.up("sql")
    report("done")
    return cluster


def run_pipeline(cluster: Cluster, report: Callable[[str], None]) -> None:
    """Crawl with two concurrent crawlers, build, check, export; each in a new container."""
    report("crawl of the listing")
    cluster.run("crawler0", "hublake", "crawl", "models")
    report("crawl of the cards, in two shards")
    with ThreadPoolExecutor() as pool:
        shards = [pool.submit(cluster.run, f"crawler{n}") for n in range(2)]
        for shard in shards:
            shard.result()
    report("build")
    print(_last_lines(cluster.run("job", "build"), 2))
    report("check")
    cluster.run("job", "check")
    report("export")
    export = ("hublake", "export", "--format", "csv", "--out", "/data/exports")
    print(_last_lines(cluster.call("run", "--rm", "-T", "--entrypoint", "", "job", *export), 2))


def _last_lines(text: str, count: int) -> str:
    return "\n".join(f"          {line}" for line in text.strip().splitlines()[-count:])


def write_secrets(folder: Path) -> None:
    """Write the cluster's secret and the SQL server's password, unless they exist.

    Only this user can enter the folder. Containers mount the files and read them as another user of the files' group.
    """
    if folder.is_dir():
        return
    folder.mkdir(parents=True, mode=0o700)
    defaults = (ROOT / "docker" / "spark-defaults.conf").read_text("utf-8")
    (folder / "spark-defaults.conf").write_text(f"{defaults}spark.authenticate.secret  {secrets.token_hex(32)}\n", "utf-8")
    (folder / "users").write_text(f"{USER} {secrets.token_urlsafe(18)}\n", "utf-8")
    for path in folder.iterdir():
        path.chmod(0o640)


def secrets_group() -> str:
    """The group of this user as containers see it: an engine that runs without root shows it as group 0."""
    options = subprocess.run(["docker", "info", "-f", "{{.SecurityOptions}}"], capture_output=True, text=True, check=False).stdout
    return "0" if "rootless" in options else str(os.getgid())


def addresses(cluster: Cluster) -> str:
    """Where the user finds the running services and the tables."""
    jdbc = cluster.address("sql", 10000)
    return (
        f"Spark     http://{cluster.address('master', 8080)}\n"
        f"JDBC      jdbc:hive2://{jdbc}/gold   user and password: {FOLDER / 'secrets' / 'users'}\n"
        f"tables    docker volume {PROJECT}_data, /data/warehouse in every container; exports in /data/exports\n"
        f"remove    make cluster-down"
    )


def down() -> None:
    """Remove containers, network, volume, images and secrets. Raises ClusterError if docker is missing."""
    if reason := missing_requirement():
        raise ClusterError(reason)
    tag = (FOLDER / "tag").read_text("utf-8") if (FOLDER / "tag").is_file() else "dev"
    Cluster(tag, 1).call("--profile", "work", "down", "--volumes", "--remove-orphans", "--timeout", "5")
    images.remove()
    shutil.rmtree(FOLDER, ignore_errors=True)


def main(arguments: Sequence[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=("up", "down"))
    parser.add_argument("--base", default=os.environ.get("BASE_IMAGE", BASE), help="base image: Debian 12 or compatible")
    parser.add_argument("--models", type=int, default=2000, help="models of the practice hub")
    given = parser.parse_args(arguments)
    if given.verb == "down":
        down()
    else:
        print(addresses(up(given.base, given.models)))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ClusterError as problem:
        sys.exit(f"hublake: {problem}")
