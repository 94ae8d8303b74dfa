"""The mini-cluster in docker: crawl, build, check and export against a practice hub, then a SQL server on what came out.

    python -m tools.cluster up [--base IMAGE] [--models N]      make cluster
    python -m tools.cluster down                                make cluster-down

What it writes lies in build/cluster; the tables are in a volume of the engine. `down` removes all of it, the images too.
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
PATIENCE_SECONDS = 300


class Stopped(Exception):
    """What is missing or went wrong, in words for the person who typed the command."""


def missing() -> str | None:
    """What this machine lacks for a mini-cluster, in one line; None where an engine and compose answer."""
    if shutil.which("docker") is None:
        return "there is no docker command"
    if not _answers("docker", "version", "--format", "{{.Server.Version}}"):
        return "no docker engine answers (docker version); start one, or set DOCKER_HOST to where it listens"
    if not _answers(*compose_command(), "version"):
        return "the engine answers, but neither 'docker compose' nor docker-compose does"
    return None


def compose_command() -> list[str]:
    """The plugin where there is one, else the older command."""
    return ["docker", "compose"] if _answers("docker", "compose", "version") else ["docker-compose"]


def _answers(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


class Cluster:
    """Calls of compose on one project, with the images and the secrets of this checkout."""

    def __init__(self, tag: str, models: int) -> None:
        self.command = [*compose_command(), "-p", PROJECT, "-f", str(ROOT / "compose.yaml"), "--project-directory", str(ROOT)]
        self.environment = os.environ | {"TAG": tag, "MODELS": str(models), "SECRETS": str(FOLDER / "secrets")}

    def call(self, *arguments: str) -> str:
        """Run compose with these arguments; answers what it printed. Raises Stopped with the end of that where it fails."""
        done = subprocess.run(
            [*self.command, *arguments], env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        if done.returncode:
            raise Stopped(f"compose {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout[-3000:]}")
        return done.stdout

    def run(self, service: str, *command: str) -> str:
        """A container of its own for one command."""
        return self.call("run", "--rm", "-T", service, *command)

    def up(self, *services: str) -> None:
        """Start services and wait until each is healthy."""
        self.call("up", "-d", "--no-build", *services)
        end = time.monotonic() + PATIENCE_SECONDS
        for service in services:
            while (state := self.state(service)) != "running healthy":
                if state.startswith("exited") or time.monotonic() > end:
                    raise Stopped(f"{service} is {state}:\n{self.call('logs', '--tail', '40', service)}")
                time.sleep(0.5)

    def state(self, service: str) -> str:
        """'running healthy' where all is well."""
        container = self.container(service)
        shown = ["docker", "inspect", "-f", "{{.State.Status}} {{.State.Health.Status}}", container]
        return subprocess.run(shown, capture_output=True, text=True, check=False).stdout.strip()

    def container(self, service: str) -> str:
        """The engine's name for the service's container."""
        return self.call("ps", "-q", service).split()[-1]

    def address(self, service: str, port: int) -> str:
        """Where a port of a service is reached on this machine."""
        return self.call("port", service, str(port)).strip().splitlines()[-1]


def up(base: str, models: int) -> Cluster:
    """Bring the cluster up, run the whole way in it and say where to look. Raises Stopped."""
    if reason := missing():
        raise Stopped(reason)
    FOLDER.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - begin:6.0f} s  {what}", flush=True)

    say("images")
    tag = images.staged(FOLDER / "context")
    if not images.build(FOLDER / "context", tag, base, FOLDER / "images.log"):
        end = (FOLDER / "images.log").read_text("utf-8", errors="replace")[-1500:]
        raise Stopped(f"the images could not be built on {base} (--base names another Debian 12); {FOLDER / 'images.log'} ends:\n{end}")
    make_secrets(FOLDER / "secrets")
    (FOLDER / "tag").write_text(tag, "utf-8")
    cluster = Cluster(tag, models)
    say("hub, Spark master and two workers")
    cluster.up(*SERVICES)
    walk(cluster, say)
    say("SQL server")
    cluster.up("sql")
    say("done")
    return cluster


def walk(cluster: Cluster, say: Callable[[str], None]) -> None:
    """Crawl with two crawlers side by side, build, check, export; each in a container of its own."""
    say("crawl of the listing")
    cluster.run("crawler0", "hublake", "crawl", "models")
    say("crawl of the cards, in two shards")
    with ThreadPoolExecutor() as pool:
        shards = [pool.submit(cluster.run, f"crawler{n}") for n in range(2)]
        for shard in shards:
            shard.result()
    say("build")
    print(_last_lines(cluster.run("job", "build"), 2))
    say("check")
    cluster.run("job", "check")
    say("export")
    export = ("hublake", "export", "--format", "csv", "--out", "/data/exports")
    print(_last_lines(cluster.call("run", "--rm", "-T", "--entrypoint", "", "job", *export), 2))


def _last_lines(text: str, count: int) -> str:
    return "\n".join(f"          {line}" for line in text.strip().splitlines()[-count:])


def make_secrets(folder: Path) -> None:
    """The cluster's own secret and the SQL server's password, once for a cluster that runs.

    Only this user can enter the folder; containers see the files alone.
    """
    if folder.is_dir():
        return
    folder.mkdir(parents=True, mode=0o700)
    defaults = (ROOT / "docker" / "spark-defaults.conf").read_text("utf-8")
    (folder / "spark-defaults.conf").write_text(f"{defaults}spark.authenticate.secret  {secrets.token_hex(32)}\n", "utf-8")
    (folder / "users").write_text(f"{USER} {secrets.token_urlsafe(18)}\n", "utf-8")
    for path in folder.iterdir():
        path.chmod(0o644)  # containers run as another user


def where_to_look(cluster: Cluster) -> str:
    """What a person opens next."""
    jdbc = cluster.address("sql", 10000)
    return (
        f"Spark     http://{cluster.address('master', 8080)}\n"
        f"JDBC      jdbc:hive2://{jdbc}/gold   user and password: {FOLDER / 'secrets' / 'users'}\n"
        f"tables    docker volume {PROJECT}_data, /data/warehouse in every container; exports in /data/exports\n"
        f"end       make cluster-down"
    )


def down() -> None:
    """Remove containers, network, volume, images and secrets. Raises Stopped."""
    if reason := missing():
        raise Stopped(reason)
    tag = (FOLDER / "tag").read_text("utf-8") if (FOLDER / "tag").is_file() else "dev"
    Cluster(tag, 1).call("--profile", "work", "down", "--volumes", "--remove-orphans", "--timeout", "5")
    images.remove()
    shutil.rmtree(FOLDER, ignore_errors=True)


def main(arguments: Sequence[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=("up", "down"))
    parser.add_argument("--base", default=os.environ.get("BASE_IMAGE", BASE), help="image to build on: Debian 12 or what is like it")
    parser.add_argument("--models", type=int, default=2000, help="models of the practice hub")
    given = parser.parse_args(arguments)
    if given.verb == "down":
        down()
    else:
        print(where_to_look(up(given.base, given.models)))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Stopped as problem:
        sys.exit(f"hublake: {problem}")
