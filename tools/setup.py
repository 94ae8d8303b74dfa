"""Set up a checkout: a Python environment in .venv, the packages of requirements.lock, Hublake itself, Spark's jars.

    python3 tools/setup.py        (`make install`; it parses on Python 3.6, so that it can report there what is missing)

Each step runs once per digest of the files it depends on, which is recorded in .venv/.installed. A second run reads a few
small files and touches no network. The output of pip goes to .venv/install.log.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "install.log"
RECORD = VENV / ".installed"  # absent while packages are written, so that an interrupted run is detected
LOCATION = hashlib.sha256(str(ROOT).encode()).hexdigest()[:16]  # an environment cannot be moved: its scripts contain its path

OLDEST = (3, 11)
CANDIDATES = ("python3", "python3.13", "python3.12", "python3.11", "python3.14")
NEEDED_GB = 2.5  # the environment and pip's cache
NEEDED_SCRATCH_GB = 1.5  # pip unpacks and builds PySpark in the folder of temporary files
PIP = (str(PYTHON), "-m", "pip", "install", "--progress-bar", "off", "--disable-pip-version-check")
SCALA_SOURCES = tuple(sorted(str(path.relative_to(ROOT)) for path in (ROOT / "spark_jobs" / "engine").glob("*.scala")))
STEPS = (
    # name, title for the user, files it depends on, command
    ("packages", "Python packages", ("requirements.lock",), (*PIP, "--no-deps", "--require-hashes", "-r", "requirements.lock")),
    ("hublake", "Hublake itself", ("pyproject.toml",), (*PIP, "--no-deps", "--no-build-isolation", "--editable", ".")),
    (
        "jars",
        "jars for Spark",
        ("conf/spark/jars.lock", "spark_jobs/engine/jars.py", *SCALA_SOURCES),
        (str(PYTHON), "-m", "hublake.spark_jobs.engine.jars"),
    ),
)


def main() -> None:
    """Run the steps that are not done yet. Exits with status 1 and installation advice if something is missing."""
    done = recorded_steps()
    if PYTHON.exists() and all(done.get(step[0]) == digest(step[2]) for step in STEPS):
        return
    restart_in_supported_python()
    check_java()
    if version_of(str(PYTHON)) < OLDEST or not done:
        check_disk()
        make_environment()
        done = {}
    os.chdir(ROOT)
    for name, title, inputs, command in STEPS:
        if done.get(name) == digest(inputs):
            continue
        if name == "packages":
            RECORD.unlink(missing_ok=True)
        run(title, command)
        done[name] = digest(inputs)
        RECORD.write_text("".join(f"{step} {state}\n" for step, state in {"place": LOCATION, **done}.items()), "utf-8")


def recorded_steps() -> "dict[str, str]":
    """Step -> digest of the files it depended on; empty if an installation was interrupted or the checkout was moved."""
    lines = RECORD.read_text("utf-8").splitlines() if RECORD.is_file() else []
    done = dict(line.split() for line in lines)
    return done if done.pop("place", "") == LOCATION else {}


def digest(inputs: "tuple[str, ...]") -> str:
    """A digest of the contents of the files."""
    return hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in inputs)).hexdigest()[:16]


def restart_in_supported_python() -> None:
    """Replace this process by the first Python that is new enough, unless this one is and no other was chosen."""
    chosen = os.environ.pop("PYTHON", "")
    if not chosen and sys.version_info >= OLDEST:
        return
    seen = []
    for candidate in (chosen,) if chosen else CANDIDATES:
        version = version_of(candidate)
        if version >= OLDEST:
            os.execvp(candidate, [candidate, __file__])
        seen.append(f"{candidate} is {'.'.join(map(str, version)) or 'not found'}")
    fail(
        f"Hublake needs Python 3.11 or later; {', '.join(seen)}.",
        "Install one (Debian 12, Ubuntu 24.04: apt install python3 python3-venv; macOS: brew install python@3.13)",
        "or name one: make install PYTHON=<its command>",
    )


def version_of(python: str) -> "tuple[int, ...]":
    """(3, 11) of a command that runs Python; empty if it does not run."""
    probe = "import sys; print(*sys.version_info[:2])"
    try:
        shown = subprocess.run([python, "-c", probe], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
        return tuple(int(part) for part in shown.split())
    except (OSError, ValueError, subprocess.CalledProcessError):
        return ()


def check_java() -> None:
    """Use the check of the build, whose module needs only the standard library."""
    sys.path.insert(0, str(ROOT))
    from hublake.lake.errors import SetUpMissing
    from hublake.spark_jobs.engine.jars import check_java as check

    try:
        check()
    except SetUpMissing as problem:
        fail(str(problem))


def check_disk() -> None:
    """Exit before anything is installed if the disk has too little space."""
    for folder, needed, advice in (
        (ROOT, NEEDED_GB, "clone Hublake to another disk"),
        (Path(tempfile.gettempdir()), NEEDED_SCRATCH_GB, "set TMPDIR to a folder of another disk"),
    ):
        free = shutil.disk_usage(folder).free / 1e9
        if free < needed:
            fail(f"the disk of {folder} has {free:.1f} GB free; the set-up needs {needed} GB. Free some space, or {advice}.")


def make_environment() -> None:
    """Create .venv, and remove the remains of an old one."""
    say(f"{'Rebuilding' if VENV.exists() else 'Creating'} the Python environment {VENV.name} ...")
    created = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if created.returncode:
        fail(diagnosis("a Python environment", created.stdout.splitlines()))


def run(title: str, command: "tuple[str, ...]") -> None:
    """Run one step with its output in the log. A terminal shows the progress, a failure the end of the log."""
    started = time.monotonic()
    is_terminal = sys.stdout.isatty()
    say(f"Installing {title} ...")
    lines = []
    with LOG.open("a", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in process.stdout or ():
            log.write(line)
            lines.append(line.rstrip())
            if is_terminal:
                print(f"\r  {time.monotonic() - started:.0f} s  {line.rstrip()[:90]}\033[K", end="", flush=True)
    if is_terminal:
        print("\r\033[K", end="")
    if process.wait():
        fail(diagnosis(title, lines), f"Full log: {LOG}")
    say(f"  done in {time.monotonic() - started:.0f} s")


def diagnosis(title: str, lines: "list[str]") -> str:
    """The end of a log, and advice for known failures."""
    end = "\n".join(lines[-12:])
    if re.search(r"No space left on device|Errno 28|Disk quota exceeded", end):
        advice = f"The disk is full: free {NEEDED_GB} GB and run it again."
    elif re.search(r"ensurepip|No module named '?venv", end):
        advice = f"{sys.executable} lacks the module venv. Install it (Debian, Ubuntu: apt install python3-venv) and run it again."
    elif "DO NOT MATCH THE HASHES" in end:
        advice = "A package differs from the locked one. Do not use it: see 'Packages' in CONTRIBUTING.md."
    elif re.search(r"No matching distribution|connection|timed out|ProxyError|SSLError|do not resolve", end, re.IGNORECASE):
        advice = "The registry did not respond, or lacks a locked version: check the network and pip's settings (pip config list)."
    else:
        advice = "Fix the cause and run it again; finished steps are kept."
    return f"could not install {title}.\n\n{end}\n\n{advice}"


def say(line: str) -> None:
    """Print a line without buffering, also to a file."""
    print(line, flush=True)


def fail(*lines: str) -> NoReturn:
    """Exit with status 1 and a message."""
    sys.exit("hublake: " + "\n".join(lines))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nhublake: interrupted; the next run continues from here.")
    except OSError as error:
        fail(diagnosis("everything", [str(error)]))
