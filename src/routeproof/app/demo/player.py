"""Plays parts of the story: acts, each by a person on a day, through the use cases that people use."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.act import act
from routeproof.app.provider.file import provider_around
from routeproof.app.steps import BY_NOUN, STEPS, looks_of
from routeproof.vocab.errors import RouteproofError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.app.demo.stage import Stage

PACKAGE = "routeproof.app.demo"
FILE = "file:"
SEEN = "{version}"


def play(stage: Stage, *parts: str, words: Mapping[str, str] | None = None) -> None:
    """Play every act of some parts by their days; `words` replace what stands in braces in ids and texts.

    Raises:
        UsageError: an act that is refused, with its place: the story and the rules do not agree.
    """
    acts = sorted((told for part in parts for told in _acts(part)), key=lambda told: str(told["on"]))
    for told in acts:
        try:
            _play(stage, told, words or {})
        except RouteproofError as error:
            message = f"expected {told['step']} {told.get('id', '')} on {told['on']} to be possible, found: {error}"
            raise UsageError(message, where="story") from error


def story(part: str) -> str:
    """The text of a part."""
    return resources.files(PACKAGE).joinpath("story", f"{part}.toml").read_text(encoding="utf-8")


def _acts(part: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(story(part))["act"]
    return found


def _play(stage: Stage, told: Mapping[str, Any], words: Mapping[str, str]) -> None:
    context = stage.as_(told["by"], told["on"])
    name, object_id = str(told["step"]), _worded(str(told.get("id", "")), words)
    files = {FILE + file: stage.file(file, text) for file, text in told.get("files", {}).items()}
    body = _given(told.get("body", {}), {**words, **files})
    if body.get("version") == SEEN:
        body["version"] = looks_of(name.partition(".")[0])(context, object_id)["version_hash"]
    if name == "provider.answers":
        act(context, BY_NOUN["provider"], object_id, "answers", body, provider_around(context))
    else:
        STEPS[name].run(context, object_id, body)


def _given(value: Any, words: Mapping[str, str]) -> Any:  # noqa: ANN401  # TOML
    """A body as JSON has it: days and instants as texts, files as paths."""
    if isinstance(value, dict):
        return {key: _given(item, words) for key, item in value.items()}
    if isinstance(value, list):
        return [_given(item, words) for item in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return _worded(value, words) if isinstance(value, str) else value


def _worded(text: str, words: Mapping[str, str]) -> str:
    if text in words:
        return words[text]
    for name, word in words.items():
        text = text.replace("{" + name + "}", word)
    return text
