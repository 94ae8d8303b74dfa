"""Set-up of a checkout: a Python environment in .venv, the packages of requirements.lock, Hublake itself, Spark's jars.

    python3 tools/setup.py        (`make install`; it parses on Python 3.6, to say there what is missing)

Each step is done once for each state of the files it depends on, and noted in .venv/.installed: a second start reads
a few small files and touches no network. What pip says goes to .venv/install.log.
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
DONE = VENV / ".installed"  # not there while packages are written, so that a run that died in the middle is seen
PLACE = hashlib.sha256(str(ROOT).encode()).hexdigest()[:16]  # an environment cannot be moved: its scripts name their Python

OLDEST = (3, 11)
CANDIDATES = ("python3", "python3.13", "python3.12", "python3.11", "python3.14")
NEEDED_GB = 2.7  # what stays, and pip's cache
NEEDED_SCRATCH_GB = 1.5  # pip unpacks and builds PySpark in the folder of temporary files
PIP = (str(PYTHON), "-m", "pip", "install", "--progress-bar", "off", "--disable-pip-version-check")
STEPS = (
    # name, what a reader sees, files it depends on, command
    ("packages", "Python packages", ("requirements.lock",), (*PIP, "--no-deps", "--require-hashes", "-r", "requirements.lock")),
    ("hublake", "Hublake itself", ("pyproject.toml",), (*PIP, "--no-deps", "--no-build-isolation", "--editable", ".")),
    (
        "jars",
        "jars for Spark",
        ("conf/spark/jars.lock", "spark_jobs/engine/jars.py", "spark_jobs/engine/PasswordFile.scala"),
        (str(PYTHON), "-m", "hublake.spark_jobs.engine.jars"),
    ),
)


def main() -> None:
    """Do what is not done yet. Ends with status 1 and a message on what to install where something is missing."""
    done = noted()
    if PYTHON.exists() and all(done.get(step[0]) == digest(step[2]) for step in STEPS):
        return
    go_on_in_a_good_python()
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
            DONE.unlink(missing_ok=True)
        run(title, command)
        done[name] = digest(inputs)
        DONE.write_text("".join(f"{step} {state}\n" for step, state in {"place": PLACE, **done}.items()), "utf-8")


def noted() -> "dict[str, str]":
    """Steps done and the state of the files they depended on; nothing where an install was cut short or the checkout moved."""
    lines = DONE.read_text("utf-8").splitlines() if DONE.is_file() else []
    done = dict(line.split() for line in lines)
    return done if done.pop("place", "") == PLACE else {}


def digest(inputs: "tuple[str, ...]") -> str:
    """One name for the state of some files."""
    return hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in inputs)).hexdigest()[:16]


def go_on_in_a_good_python() -> None:
    """Start again in the first Python that is new enough, unless this one is the chosen one and is."""
    chosen = os.environ.pop("PYTHON", "")
    if not chosen and sys.version_info >= OLDEST:
        return
    seen = []
    for candidate in (chosen,) if chosen else CANDIDATES:
        version = version_of(candidate)
        if version >= OLDEST:
            os.execvp(candidate, [candidate, __file__])
        seen.append(f"{candidate} is {'.'.join(map(str, version)) or 'not there'}")
    fail(
        f"Hublake needs Python 3.11 or later; {', '.join(seen)}.",
        "Install one (Debian 12, Ubuntu 24.04: apt install python3 python3-venv; macOS: brew install python@3.13)",
        "or name one: make install PYTHON=<its command>",
    )


def version_of(python: str) -> "tuple[int, ...]":
    """(3, 11) of a command that runs Python; empty where it does not run."""
    probe = "import sys; print(*sys.version_info[:2])"
    try:
        shown = subprocess.run([python, "-c", probe], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
        return tuple(int(part) for part in shown.split())
    except (OSError, ValueError, subprocess.CalledProcessError):
        return ()


def check_java() -> None:
    """The rule and its words are those of the build, whose module needs nothing but the standard library."""
    sys.path.insert(0, str(ROOT))
    from hublake.lake.errors import SetUpMissing
    from hublake.spark_jobs.engine.jars import check_java as check

    try:
        check()
    except SetUpMissing as problem:
        fail(str(problem))


def check_disk() -> None:
    """Refuse to start what a nearly full disk will break."""
    for folder, needed, advice in (
        (ROOT, NEEDED_GB, "clone Hublake to another disk"),
        (Path(tempfile.gettempdir()), NEEDED_SCRATCH_GB, "set TMPDIR to a folder of another disk"),
    ):
        free = shutil.disk_usage(folder).free / 1e9
        if free < needed:
            fail(f"the disk of {folder} has {free:.1f} GB free; the set-up needs {needed} GB. Free some space, or {advice}.")


def make_environment() -> None:
    """A new .venv; what is left of an old one goes."""
    say(f"Making {'anew ' if VENV.exists() else ''}the Python environment {VENV.name} ...")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if made.returncode:
        fail(why("a Python environment", made.stdout.splitlines()))


def run(title: str, command: "tuple[str, ...]") -> None:
    """Run one step with its output in the log; a terminal sees how far it is, a failure shows the end of the log."""
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
        fail(why(title, lines), f"The whole log: {LOG}")
    say(f"  done in {time.monotonic() - started:.0f} s")


def why(title: str, lines: "list[str]") -> str:
    """The end of a log, and what a known end of it means."""
    end = "\n".join(lines[-12:])
    if re.search(r"No space left on device|Errno 28|Disk quota exceeded", end):
        advice = f"The disk is full: free {NEEDED_GB} GB and start again."
    elif re.search(r"ensurepip|No module named '?venv", end):
        advice = f"{sys.executable} lacks a part of Python. Install it (Debian, Ubuntu: apt install python3-venv) and start again."
    elif "DO NOT MATCH THE HASHES" in end:
        advice = "A package is not the one that was locked. Do not use it: see 'Packages' in CONTRIBUTING.md."
    elif re.search(r"No matching distribution|connection|timed out|ProxyError|SSLError|do not resolve", end, re.IGNORECASE):
        advice = "The registry did not answer, or has not what is locked: look at the network and at pip's own settings (pip config list)."
    else:
        advice = "Mend the cause and start again; what is whole is kept."
    return f"could not install {title}.\n\n{end}\n\n{advice}"


def say(line: str) -> None:
    """Show a line now, also where the output is a file."""
    print(line, flush=True)


def fail(*lines: str) -> NoReturn:
    """End with status 1 and a message."""
    sys.exit("hublake: " + "\n".join(lines))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nhublake: interrupted; the next start goes on from here.")
    except OSError as error:
        fail(why("everything", [str(error)]))
