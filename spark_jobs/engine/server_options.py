"""Options of HiveServer2 for `hublake serve`: where it listens, whom it lets in, and what a user may set."""

from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

from hublake.lake.errors import WrongUse

PASSWORD_CLASS = "hublake.PasswordFile"  # spark_jobs/engine/PasswordFile.scala  # noqa: S105
# What --set may set: TLS, HTTP, time limits and sizes. All other options could let in anyone, run a class or write files.
SETTABLE = frozenset(
    {
        "hive.server2.use.SSL",
        "hive.server2.keystore.path",
        "hive.server2.keystore.password",
        "hive.ssl.protocol.blacklist",
        "hive.server2.transport.mode",
        "hive.server2.thrift.http.port",
        "hive.server2.thrift.http.path",
        "hive.server2.thrift.login.timeout",
        "hive.server2.thrift.max.message.size",
        "hive.server2.thrift.min.worker.threads",
        "hive.server2.thrift.max.worker.threads",
        "hive.server2.async.exec.threads",
        "hive.server2.idle.session.timeout",
        "hive.server2.idle.operation.timeout",
        "hive.server2.session.check.interval",
    }
)


def hive_options(host: str, port: int, users: Path | None, hive_settings: Sequence[str] = ()) -> dict[str, str]:
    """Options of HiveServer2. Raises WrongUse if it would listen beyond loopback without passwords, and for settings that are not safe."""
    if users is None and not _is_loopback(host):
        raise WrongUse(f"--host {host} can be reached from other machines: name a file of users and passwords (--users), or use 127.0.0.1")
    options = {
        "hive.server2.thrift.bind.host": host,
        "hive.server2.thrift.port": str(port),
        "hive.server2.transport.mode": "binary",
        "hive.server2.authentication": "NONE",
        # Otherwise HiveServer2 writes a log of every query below /tmp, which nothing reads.
        "hive.server2.logging.operation.enabled": "false",
    }
    if users is not None:
        _require_private(users, "--users")
        options |= {"hive.server2.authentication": "CUSTOM", "hive.server2.custom.authentication.class": PASSWORD_CLASS}
        options["hublake.users"] = str(users.resolve())
    return options | dict(_parse_setting(setting) for setting in hive_settings)


def _parse_setting(setting: str) -> tuple[str, str]:
    name, is_complete, value = setting.partition("=")
    if not is_complete:
        raise WrongUse(f"--set {setting}: write NAME=VALUE, such as hive.server2.use.SSL=true")
    if name not in SETTABLE:
        raise WrongUse(f"--set {name} is not allowed, since it could disable a safeguard. These are: {', '.join(sorted(SETTABLE))}")
    if not name.endswith("password"):
        return name, value
    if not value.startswith("@"):
        raise WrongUse(f"--set {name}: other users see the arguments of a process. Write the value to a file and pass {name}=@FILE")
    file = Path(value[1:])
    _require_private(file, f"--set {name}")
    return name, file.read_text("utf-8").strip()


def _require_private(file: Path, option: str) -> None:
    """Raises WrongUse unless a file exists that other users of this machine cannot read."""
    if not file.is_file():
        raise WrongUse(f"{option}: {file} is not a file")
    if file.stat().st_mode & 0o007:
        raise WrongUse(f"{option}: every user of this machine can open {file}, which contains passwords. Run: chmod o-rwx {file}")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
