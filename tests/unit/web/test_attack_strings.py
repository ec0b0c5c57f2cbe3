"""Strings of an attacker are inert: they come back as they were sent, on no page as markup, in no path as a place."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from examples import BY_NIGHT
from routeproof.app.steps import STEPS
from routeproof.web.acts import CALLED
from routeproof.web.places import PLACES
from web_client import BY_ROLE, PASSWORD, Browser, staffed_workspace

if TYPE_CHECKING:
    from pathlib import Path

OURS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea></option></select></title><svg onload=alert(1)>",
    "' OR 1=1; DROP TABLE entries; --",
    "{{ 7 * 7 }}{% raw %}${7*7}<%= 7 %>",
    "first\r\nSet-Cookie: a=b\r\n\r\n<html>",
    "\x1b[31mred\x1b[0m \x07 \x08 \x00",
    "\u202egnp.exe \u2066 \u200b \ufeff",
    '=HYPERLINK("http://x","y")',
    "../../../../etc/passwd",
    "..\\..\\boot.ini",
    "/etc/passwd",
    "CON",
    "a" * 5_000,
    "\N{PILE OF POO} e\u0301 \u00e9 \u0130i \u2028\u2029",
    "javascript:alert(1)",
    "%00%0a%2e%2e%2f",
    "&lt;b&gt;&amp;",
)
ADDRESSES = (
    "/?x={}", "/explore?by={}", "/explore?where=symbol={}", "/orders?text={}", "/orders/{}", "/exceptions?text={}",
    "/cases/{}", "/venues?review={}", "/providers/{}", "/reviews/{}", "/policy?text={}", "/data?text={}",
    "/help?text={}", "/login?next={}", "/scorecard?provider={}", "/data/map?upload={}&table={}",
    "/api/v1/measure?by={}", "/api/v1/cases/{}", "/{}",
)  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One person per role, and one case."""
    root = staffed_workspace(tmp_path_factory.mktemp("strings") / "w")
    opened = Browser(root, "ann").call("POST", "/api/v1/cases/C-1/open", {"kind": "other", "title": "A look"})
    assert opened.status_code == 200
    return root


@pytest.fixture(scope="module")
def strings(shared_data: Path) -> list[str]:
    """Ours, and of the published list all by night, every sixteenth by day."""
    published = json.loads((shared_data / "robustness" / "strings" / "blns.json").read_text(encoding="utf-8"))
    return [*OURS, *published[:: 1 if BY_NIGHT else 16]]


class Parts(HTMLParser):
    """Elements of a page with the names of their attributes, and all its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: Counter[tuple[str, ...]] = Counter()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element."""
        self.elements[(tag, *sorted(name for name, _ in attrs))] += 1

    def handle_data(self, data: str) -> None:
        """Text between elements."""
        self.text += data


def test_notes_come_back_as_they_were_sent_and_make_no_markup(workspace: Path, strings: list[str]) -> None:
    """The call gives the same bytes; on the page each adds the elements of a harmless note, and its text as text."""
    ann = Browser(workspace, "ann")
    assert ann.call("POST", "/api/v1/cases/odd/open", {"kind": "other", "title": "T"}).status_code == 200
    ann.call("POST", "/api/v1/cases/odd/notes", {"text": "x"})
    one = Parts(ann.get("/cases/odd").text).elements
    ann.call("POST", "/api/v1/cases/odd/notes", {"text": "x"})
    two = Parts(ann.get("/cases/odd").text).elements
    texts = [text or "x" for text in strings]
    for text in texts:
        answer = ann.call("POST", "/api/v1/cases/odd/notes", {"text": text})
        assert answer.status_code == 200, (text, answer.text)
    kept = [note["text"] for note in ann.get("/api/v1/cases/odd").json()["notes"]]
    assert kept[2:] == texts
    page = Parts(ann.get("/cases/odd").text)
    each = two - one
    assert page.elements == two + Counter({element: count * len(texts) for element, count in each.items()})
    assert [text for text in texts if text.strip() not in page.text] == []


def test_a_form_keeps_them_too(workspace: Path) -> None:
    """As a browser sends them: line ends are one kind, blanks around go."""
    ann = Browser(workspace, "ann")
    for text in OURS:
        assert ann.send("/cases/C-1/note", {"text": text}).status_code == 303
    kept = [note["text"] for note in ann.get("/api/v1/cases/C-1").json()["notes"]]
    assert kept == [text.strip().replace("\r\n", "\n") for text in OURS]


@pytest.mark.night
def test_every_text_of_every_call_may_be_odd(workspace: Path) -> None:
    """No fault of ours, whatever stands in a text: for each step one body of such texts, as somebody who may."""
    browsers = [Browser(workspace, BY_ROLE[role]) for role in ("compliance", "supervisor", "admin", "committee")]
    faults = []
    for number, step in enumerate(STEPS.values()):
        path = f"/api/v1/{PLACES[step.noun.name]}/C-1/{CALLED.get(step.name, step.verb.replace('_', '-'))}"
        body = odd_body(step.body.model_json_schema(), number)
        sent = {**body, "password": PASSWORD} if step.signs else body
        for browser in browsers:
            answer = browser.call("POST", path, sent)
            if answer.status_code != 403:
                break
        faults += [(path, answer.status_code)] if answer.status_code >= 500 else []
    assert faults == []


def odd_body(schema: dict[str, Any], number: int, part: dict[str, Any] | None = None) -> Any:  # noqa: ANN401
    """A value of a shape whose free texts are odd; one after the other of ours."""
    here = schema if part is None else part
    while "$ref" in here or "anyOf" in here or "allOf" in here:
        options = here.get("anyOf") or here.get("allOf")
        here = options[0] if options else schema["$defs"][here["$ref"].rsplit("/", 1)[-1]]
    if "enum" in here or "const" in here:
        return here.get("const", here.get("enum", [None])[0])
    match here.get("type"):
        case "object":
            members = here.get("properties", {})
            return {name: odd_body(schema, number + at, member) for at, (name, member) in enumerate(members.items())}
        case "array":
            return [odd_body(schema, number, here.get("items", {"type": "string"}))]
        case "integer" | "number":
            return 1
        case "boolean":
            return True
    return "2026-07-01" if here.get("format") == "date" else OURS[number % len(OURS)]


def test_addresses_may_be_odd(workspace: Path) -> None:
    """In a query, in a path: an answer, and no markup of theirs in it."""
    ann = Browser(workspace, "ann")
    wrong = []
    for address in ADDRESSES:
        for text in OURS[:: 1 if BY_NIGHT else 6]:
            parts = address.split("?", 1)
            path = parts[0].replace("{}", "".join(f"%{byte:02x}" for byte in text.encode()[:200]))
            query = dict(pair.split("=", 1) for pair in parts[1].split("&")) if len(parts) > 1 else {}
            answer = ann.get(path, params={name: value.replace("{}", text) for name, value in query.items()})
            if answer.status_code >= 500 or (
                "<" in text and text in answer.text and "html" in answer.headers["content-type"]
            ):
                wrong.append((address, text[:40], answer.status_code))
    assert wrong == []


def test_names_of_files_lead_nowhere(workspace: Path, strings: list[str]) -> None:
    """Whatever a file is called, it lies in its own folder, and nothing appears anywhere else; its name stays the same.

    But for folders, leading dots and what is no letter that can be seen. A quote is sent as `%22`, as browsers do.
    """
    ann = Browser(workspace, "ann")
    outside, same = sorted(str(path) for path in workspace.parent.iterdir()), 0
    for name in [text for text in strings if text.strip()]:
        sent = {"file": (name, b"a,b\n1,2\n")}
        answer = ann.client.post("/api/v1/uploads", files=sent, headers={"X-CSRF-Token": ann.form_token})
        assert answer.status_code in {200, 400}, (name, answer.text)
        if answer.status_code == 200:
            folder = workspace / "scratch" / "uploads" / "ann" / answer.json()["upload"]
            (file,) = folder.iterdir()
            assert file.read_bytes() == b"a,b\n1,2\n"
            assert not any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in file.name), name
            if name.isprintable() and not set(name) & set('/\\"') and name[0] not in ". " and len(name.encode()) < 200:
                assert file.name == name
                same += 1
    assert same > len(strings) // 3
    assert sorted(str(path) for path in workspace.parent.iterdir()) == outside


def test_nobody_logs_in_by_an_odd_name(workspace: Path) -> None:
    """Refused like any wrong password, never a fault."""
    stranger = Browser(workspace)
    found = {stranger.log_in(text[:200], text[:200]).status_code for text in OURS[:4]}
    assert found <= {400, 401, 429}


def json_documents(shared_data: Path, kind: str) -> list[tuple[str, bytes]]:
    """Published documents: y are JSON, n are not, i may be either."""
    folder = shared_data / "robustness" / "json" / "JSONTestSuite"
    return [(path.name, path.read_bytes()) for path in sorted(folder.glob(f"{kind}_*.json"))]


@pytest.mark.parametrize("kind", ["y", "n", "i"])
def test_bodies_are_read_as_json_is_defined(workspace: Path, shared_data: Path, kind: str) -> None:
    """Standing where a call takes any JSON: what is JSON is read, what is none is refused, nothing is a fault."""
    ann = Browser(workspace, "ann")
    token = {"X-CSRF-Token": ann.form_token}
    sent = ann.client.post("/api/v1/uploads", files={"file": ("f.csv", b"a\n1\n")}, headers=token)
    before = f'{{"upload": "{sent.json()["upload"]}", "table": "nonesuch", "map": {{"x": '.encode()
    headers = {**token, "Content-Type": "application/json"}
    documents = json_documents(shared_data, kind)
    assert len(documents) == {"y": 95, "n": 188, "i": 35}[kind]
    wrong = []
    for name, document in documents:
        answer = ann.client.post("/api/v1/maps", content=before + document + b"}}", headers=headers)
        code = answer.json()["error"]["code"]
        is_read = code != "malformed"
        if (kind == "y" and not is_read) or (kind == "n" and is_read) or answer.status_code >= 500:
            wrong.append((name, answer.status_code, code))
    assert wrong == []
