"""Pages about what commands bring along, and about what a provider is asked; `reference_pages.py` writes them."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from routeproof.app.objects.nouns import NOUNS
from routeproof.stores.provider_documents import load_questionnaires

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

WORDS = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false", "Decimal": "exact number"}
WORDS |= {"datetime": "instant with offset", "Any": "any value", "date": "date"}


def bodies_page(head: str) -> str:
    """Every verb of every noun with the members of its body."""
    parts = [
        head,
        "# Bodies of recording commands\n\n",
        "`--file` takes a body as TOML or JSON. `[]` is a list, `.*` a member of any name. Every body may also carry ",
        "`expected_version_hash`. A text that is *kept* is stored as evidence and may expire; a *file* is stored as ",
        "evidence by its path.\n",
    ]
    for noun in sorted(NOUNS, key=lambda item: item.name):
        for verb, what in sorted(noun.verbs.items()):
            members = list(_members(what.body))
            parts.append(f"\n## `{noun.name} {verb}`\n\n{_words_of(what.body)}\n")
            if members:
                parts.append("\n| member | value | needed |\n|---|---|---|\n")
            marks = dict.fromkeys(what.body.kept, "kept") | dict.fromkeys(what.body.attached, "file")
            for path, kind, needed in members:
                mark = marks.get(path.replace("[]", ".*"), "")
                parts.append(f"| `{path}` | {kind}{f' ({mark})' if mark else ''} | {needed} |\n")
    return "".join(parts)


def questionnaire_page(head: str) -> str:
    """Every shipped question with its weight, reason, citation and check."""
    parts = [head, "# Due-diligence questionnaires\n"]
    for questionnaire in load_questionnaires():
        parts.append(f"\n## {questionnaire.title}, version {questionnaire.version}\n")
        titles = dict(questionnaire.sections)
        for section, title in titles.items():
            asked = [item for item in questionnaire.questions if item.section == section]
            unconfirmed = " **unconfirmed**" if asked[0].grade == "M" else ""
            parts.append(f"\n### {title}\n\n{asked[0].citation} ({asked[0].grade}{unconfirmed}).\n\n")
            parts.append("| id | question | weight | must be | tested by | why |\n|---|---|---|---|---|---|\n")
            for item in asked:
                check = f"`{item.check}`" if item.check else ""
                parts.append(f"| {item.id} | {item.question} | {item.weight} | {item.must} | {check} | {item.why} |\n")
    return "".join(parts)


def _words_of(body: type[BaseModel]) -> str:
    text = (body.__doc__ or "").strip()
    lines = [line.strip() for line in text.splitlines()]
    if "Attributes:" not in lines:
        return " ".join(line for line in lines if line)
    place = lines.index("Attributes:")
    told = "\n".join(f"{line}" for line in lines[place + 1 :] if line)
    return f"{' '.join(line for line in lines[:place] if line)}\n\n```text\n{told}\n```"


def _members(body: type[BaseModel], before: str = "") -> Iterator[tuple[str, str, str]]:
    """Path, kind and need of every member, those of tables within it included."""
    for name, field in body.model_fields.items():
        path, inner = f"{before}{name}", _bare(field.annotation)
        suffix = ""
        while get_origin(inner) in {tuple, dict}:
            suffix += "[]" if get_origin(inner) is tuple else ".*"
            inner = _bare(get_args(inner)[0 if get_origin(inner) is tuple else 1])
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield f"{path}{suffix}", "table", _needed(field)
            yield from _members(inner, f"{path}{suffix}.")
        else:
            yield f"{path}{suffix}", _kind(inner), _needed(field)


def _bare(annotation: Any) -> Any:  # noqa: ANN401  # a type
    """The annotation without null."""
    if get_origin(annotation) in {Union, types.UnionType}:
        kinds = [item for item in get_args(annotation) if item is not type(None)]
        return kinds[0] if len(kinds) == 1 else Union[tuple(kinds)]  # noqa: UP007  # made at run time
    return annotation


def _kind(annotation: Any) -> str:  # noqa: ANN401  # a type
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{item}`" for item in get_args(annotation))
    if get_origin(annotation) is Union:
        return " or ".join(dict.fromkeys(_kind(item) for item in get_args(annotation)))
    name = getattr(annotation, "__name__", str(annotation))
    return WORDS.get(name, "instant with offset" if name == "AwareDatetime" else name)


def _needed(field: FieldInfo) -> str:
    return "yes" if field.is_required() else ""
