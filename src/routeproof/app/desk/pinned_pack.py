"""A built pack as governance takes it: its four files, their hashes, and what its JSON says."""

from __future__ import annotations

import hashlib
import itertools
import json
import shlex
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeproof.app.review.earlier_builds import builds
from routeproof.governance.decider import refuse
from routeproof.governance.review.rules import PACK_FILES
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from routeproof.stores.records import Records

JSON_FILE = "pack.json"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that was read once and is held.

    Attributes:
        files: content by name.
        document: what `pack.json` says.
    """

    files: Mapping[str, bytes]
    document: Mapping[str, Any]

    @property
    def meta(self) -> Mapping[str, Any]:
        """Firm, provider, period, manifest, policy, command."""
        found: Mapping[str, Any] = self.document["meta"]
        return found

    def hashes(self) -> dict[str, str]:
        """SHA-256 of each file, lower-case hex."""
        return {name: hashlib.sha256(content).hexdigest() for name, content in self.files.items()}

    @contextmanager
    def laid_out(self) -> Iterator[dict[str, str]]:
        """The files in a folder of their own while they are stored, so that what is hashed is what is stored."""
        with tempfile.TemporaryDirectory(prefix="routeproof-pack-") as folder:
            paths = {name: Path(folder) / name for name in self.files}
            for name, path in paths.items():
                path.write_bytes(self.files[name])
            yield {name: str(path) for name, path in paths.items()}


def read_pack(folder: Path, quarter: str, provider: str) -> Pack:
    """The pack in a folder, which must be of that quarter and provider.

    Raises:
        UsageError: a file is missing, `pack.json` is no pack, or it is of another quarter or provider.
    """
    files: dict[str, bytes] = {}
    for name in PACK_FILES:
        try:
            files[name] = (folder / name).read_bytes()
        except OSError as error:
            message = f"expected the four files that `review build` writes ({', '.join(PACK_FILES)}), found: {error}"
            raise UsageError(message, where=str(folder)) from error
    return Pack(files, document_of(files[JSON_FILE], quarter, provider, str(folder / JSON_FILE)))


def document_of(content: bytes, quarter: str, provider: str, where: str) -> dict[str, Any]:
    """What a `pack.json` says, held against quarter and provider. Raises UsageError as `read_pack`."""
    try:
        document: dict[str, Any] = json.loads(content)
        found = str(document["meta"]["period"]), str(document["meta"]["provider"])
    except (ValueError, KeyError, TypeError) as error:
        message = "expected a pack.json with its meta (period, provider), found another document: build the pack again"
        raise UsageError(message, where=where) from error
    if found != (quarter, provider):
        message = f"expected the pack of {provider} for {quarter}, found that of {found[1]} for {found[0]}"
        raise UsageError(message, where=where)
    return document


def is_on_record(records: Records, pack: Pack, quarter: str, provider: str) -> bool:
    """Whether the record says that this workspace built these very files.

    Raises:
        RefusalError: `incomplete` if it built the pack of this digest, but with other bytes: somebody changed a file.
    """
    digest = str(pack.document.get("digest", ""))
    named = builds(records, f"review/{quarter}/{provider}")
    same = [payload["files"] for payload in named if payload["digest"] == digest]
    if not same:
        return False
    if pack.hashes() not in same:
        changed = sorted(name for name, sha256 in pack.hashes().items() if all(sha256 != one[name] for one in same))
        refuse("incomplete", f"the pack was changed after it was built ({', '.join(changed)}): build it again")
    return True


def options_of(meta: Mapping[str, Any]) -> dict[str, str]:
    """Options of the command that built a pack, by name without dashes."""
    words = shlex.split(str(meta.get("command", "")))
    pairs = itertools.pairwise(words)
    return {name.removeprefix("--"): value for name, value in pairs if name.startswith("--")}
