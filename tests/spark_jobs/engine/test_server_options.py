"""What `hublake serve` lets in, and what a user of it may set."""

from pathlib import Path

import pytest

from hublake.lake.errors import WrongUse
from hublake.spark_jobs.engine.server_environment import is_secret
from hublake.spark_jobs.engine.server_options import hive_options


@pytest.fixture
def users(tmp_path: Path) -> Path:
    file = tmp_path / "users"
    file.touch(0o600)
    return file


@pytest.mark.parametrize(
    ("host", "is_refused"), [("0.0.0.0", True), ("::", True), ("lake.example", True), ("127.0.0.1", False), ("::1", False)]
)
def test_beyond_loopback_nobody_is_let_in_without_a_password(host: str, is_refused: bool, users: Path) -> None:
    if is_refused:
        with pytest.raises(WrongUse, match="--users"):
            hive_options(host, 10000, None)
    assert hive_options(host, 10000, users)["hive.server2.authentication"] == "CUSTOM"
    assert is_refused or hive_options(host, 10000, None)["hive.server2.authentication"] == "NONE"


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o601])
def test_a_file_of_passwords_that_everybody_can_open_is_refused(users: Path, mode: int) -> None:
    users.chmod(mode)
    with pytest.raises(WrongUse, match=f"chmod o-rwx {users}"):
        hive_options("127.0.0.1", 10000, users)


def test_a_group_may_read_the_file_of_passwords(users: Path) -> None:
    users.chmod(0o640)
    assert hive_options("127.0.0.1", 10000, users)["hublake.users"] == str(users)


def test_a_setting_without_a_value_is_refused() -> None:
    with pytest.raises(WrongUse, match="NAME=VALUE"):
        hive_options("127.0.0.1", 10000, None, ("hive.server2.use.SSL",))


@pytest.mark.parametrize(
    "name",
    [
        "hive.server2.authentication",
        "hive.server2.custom.authentication.class",
        "hive.server2.thrift.bind.host",
        "hive.server2.thrift.port",
        "hive.server2.session.hook",
        "hive.server2.global.init.file.location",
        "hive.server2.enable.doAs",
        "hive.server2.logging.operation.enabled",
        "hive.aux.jars.path",
        "hublake.users",
        "spark.sql.extensions",
        "java.security.manager",
    ],
)
def test_no_setting_disables_a_safeguard(name: str) -> None:
    with pytest.raises(WrongUse, match=f"--set {name} is not allowed"):
        hive_options("127.0.0.1", 10000, None, (f"{name}=x",))


def test_tls_and_time_limits_can_be_set() -> None:
    options = hive_options("127.0.0.1", 10000, None, ("hive.server2.use.SSL=true", "hive.server2.idle.session.timeout=1h"))
    assert (options["hive.server2.use.SSL"], options["hive.server2.idle.session.timeout"]) == ("true", "1h")


def test_a_password_comes_from_a_file_since_others_see_arguments(users: Path) -> None:
    name = "hive.server2.keystore.password"
    with pytest.raises(WrongUse, match=f"pass {name}=@FILE"):
        hive_options("127.0.0.1", 10000, None, (f"{name}=changeit",))
    users.write_text("changeit\n", "utf-8")
    assert hive_options("127.0.0.1", 10000, None, (f"{name}=@{users}",))[name] == "changeit"
    users.chmod(0o644)
    with pytest.raises(WrongUse, match="chmod o-rwx"):
        hive_options("127.0.0.1", 10000, None, (f"{name}=@{users}",))
    with pytest.raises(WrongUse, match="is not a file"):
        hive_options("127.0.0.1", 10000, None, (f"{name}=@{users}x",))


@pytest.mark.parametrize("name", ["HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "DB_PASSWORD", "MY_API_KEY", "github_token"])
def test_a_variable_is_a_secret_by_its_name(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["PATH", "HOME", "HUBLAKE_WAREHOUSE", "AWS_REGION", "AWS_WEB_IDENTITY_TOKEN_FILE", "KEYBOARD", "HF_TOKEN_PATH"]
)
def test_other_variables_stay(name: str) -> None:
    assert not is_secret(name)
