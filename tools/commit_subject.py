"""The commit-msg hook of pre-commit: refuses a subject of more than 72 characters.

python -m tools.commit_subject FILE        FILE: the commit message, as git passes it to the hook
"""

import sys
from pathlib import Path

LIMIT = 72


def problem_of(message: str) -> str | None:
    """What is wrong with the subject of a commit message; None where nothing is.

    >>> problem_of("Split the docs by domain\\n\\nOne page was 50 kB.")
    >>> problem_of("x" * 73)
    'the subject has 73 characters; the limit is 72. Move details into the body.'
    """
    lines = [line for line in message.splitlines() if not line.startswith("#")]
    subject = lines[0] if lines else ""
    if len(subject) > LIMIT:
        return f"the subject has {len(subject)} characters; the limit is {LIMIT}. Move details into the body."
    return None


if __name__ == "__main__":
    if problem := problem_of(Path(sys.argv[1]).read_text("utf-8")):
        sys.exit(f"hublake: {problem}")
