"""Files that are sent, and a scanner that the firm set."""

from __future__ import annotations

import shlex
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from routeproof.web.scanning import FileRefusedError, ScannerError, require_clean
from web_client import Browser

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = "import sys; sys.exit(1 if b'harm' in open(sys.argv[-1], 'rb').read() else 0)"
REFUSES_HARM = shlex.join([sys.executable, "-c", SCRIPT])


@pytest.mark.parametrize(
    ("scanner", "content", "expected"),
    [
        ("", b"harm", None),
        (REFUSES_HARM, b"fine", None),
        (REFUSES_HARM, b"harm", FileRefusedError),
        (shlex.join([sys.executable, "-c", "import sys; sys.exit(2)"]), b"fine", ScannerError),
        (shlex.join([sys.executable, "-c", "import time; time.sleep(60)"]), b"fine", ScannerError),
        ("no-such-scanner-anywhere", b"fine", ScannerError),
        ("'", b"fine", ScannerError),
    ],
    ids=["none", "passes", "refuses", "fails", "hangs", "missing", "no command"],
)
def test_a_file_stays_only_if_the_scanner_passes_it(
    tmp_path: Path, scanner: str, content: bytes, expected: type[Exception] | None
) -> None:
    """Found, failed, slow or not there: the file is gone; without a scanner nobody is asked."""
    file = tmp_path / "sent file; rm -rf.csv"
    file.write_bytes(content)
    if expected is None:
        require_clean(file, scanner)
    else:
        with pytest.raises(expected):
            require_clean(file, scanner, patience_s=0.5)
    assert file.exists() == (expected is None)


def test_a_file_that_the_scanner_refuses_is_not_kept(staffed: Path, tmp_path: Path) -> None:
    """In a form and in a call: 422, and no trace of it; what it passes is taken."""
    workspace = shutil.copytree(staffed, tmp_path / "w")
    browser = Browser(workspace, "ann", scanner=REFUSES_HARM)
    headers = {"X-CSRF-Token": browser.form_token}
    for content, status in ((b"harm", 422), (b"fine", 200)):
        sent = browser.client.post("/api/v1/uploads", files={"file": ("a.csv", content)}, headers=headers)
        assert sent.status_code == status
        if status != 200:
            assert sent.json()["error"]["code"] == "file_refused"
    form = {"csrf_token": browser.form_token}
    assert browser.client.post("/data/map", data=form, files={"file": ("a.csv", b"harm")}).status_code == 422
    kept = [path.read_bytes() for path in (workspace / "scratch").rglob("*") if path.is_file()]
    assert kept == [b"fine"]
