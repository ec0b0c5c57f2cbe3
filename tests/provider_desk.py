"""A workspace in which a provider can be taken through its file, in as few words as a test needs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from governance_desk import Desk, new_desk
from routeproof.app.objects.act import act
from routeproof.app.provider.file import provider_around, provider_of
from routeproof.governance.provider.noun import PROVIDER
from routeproof.stores.provider_documents import load_questionnaires

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DAY = date(2026, 9, 30)
ACME = {"name": "Acme Routing", "role": "technology_only", "venues": ["XNAS", "ARCX"]}
(QUESTIONS,) = load_questionnaires()


class ProviderDesk:
    """The desk and one provider."""

    def __init__(self, root: Path) -> None:
        self.desk: Desk = new_desk(root / "workspace")

    def do(
        self, person: str, verb: str, body: Mapping[str, Any] | None = None, *, on: date = DAY, name: str = "ACME"
    ) -> dict[str, Any]:
        """One person does one thing with the provider's file."""
        with self.desk.context(person, on) as context:
            return act(context, PROVIDER, name, verb, body, provider_around(context))

    def add(self, person: str = "ann", name: str = "ACME", **changes: Any) -> dict[str, Any]:  # noqa: ANN401
        """Begin the onboarding."""
        return self.do(person, "add", ACME | changes, name=name)

    def answer(self, person: str = "ann", *, on: date = DAY, name: str = "ACME", **changes: Any) -> dict[str, Any]:  # noqa: ANN401
        """Answer every question as it should be; `changes` replace answers, null leaves one out."""
        answers: dict[str, Any] = {
            item.id: {"answer": "yes", "stance": "yes"} if item.must else {"answer": f"about {item.id}"}
            for item in QUESTIONS.questions
        }
        answers.update({key.replace("_", "-"): value for key, value in changes.items()})
        body = {"answers": {key: value for key, value in answers.items() if value is not None}}
        return self.do(person, "answers", body, on=on, name=name)

    def provider(self, name: str = "ACME") -> Any:  # noqa: ANN401  # a provider, its texts readable
        """The file as its rules see it."""
        with self.desk.context() as context:
            return provider_of(context, name)
