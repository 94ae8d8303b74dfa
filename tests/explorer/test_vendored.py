"""The library that the explorer's pages load is the file that was reviewed, with its licences beside it; own code is small."""

import hashlib
import re
from pathlib import Path

import hublake.explorer
from benchmarks.explorer import own_javascript

STATIC = Path(hublake.explorer.__path__[0]) / "static"
VENDOR = STATIC / "vendor"
DIGESTS = {"observable-plot-0.6.17.min.js": "5f7be0b9c81cff6e4e27e159ae262e32c0b56b86d0011a2b41ed9e2e3479cfc1"}


def test_own_javascript_has_at_most_60_kilobytes_compressed() -> None:
    # All modules as they are served, with their comments, as one file.
    assert 30_000 < own_javascript() <= 60_000


def test_each_vendored_file_is_listed_with_its_digest() -> None:
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.glob("*.js")} == DIGESTS


def test_each_vendored_file_has_its_version_in_its_name_and_its_licences_beside_it() -> None:
    for name in DIGESTS:
        version = re.search(r"-(\d+\.\d+\.\d+)\.min\.js$", name)
        assert version
        licenses = (VENDOR / name.replace(".min.js", ".LICENSES.txt")).read_text("utf-8")
        assert version[1] in licenses
        assert licenses.count("Permission to use, copy, modify") >= 10


def test_vendored_files_request_nothing_and_evaluate_no_text() -> None:
    for name in DIGESTS:
        text = (VENDOR / name).read_text("utf-8")
        addresses = set(re.findall(r"https?://[^\"'` ]+", text))
        assert addresses <= {
            "http://www.w3.org/1999/xhtml", "http://www.w3.org/1999/xlink", "http://www.w3.org/2000/svg",
            "http://www.w3.org/2000/xmlns/", "http://www.w3.org/XML/1998/namespace",
        }  # fmt: skip
        assert not re.search(r"\beval\(|new Function\(|\bfetch\(|XMLHttpRequest|importScripts|\bimport\(", text)
