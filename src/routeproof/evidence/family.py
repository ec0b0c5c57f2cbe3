"""A grid's verdicts together: better or worse stands only where the whole family's control lets it stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from routeproof.evidence.compare import Difference
from routeproof.evidence.multiple import Family, benjamini_yekutieli
from routeproof.evidence.verdict import Verdict, withdrawn
from routeproof.vocab.errors import UsageError


@dataclass(frozen=True, slots=True, eq=False)
class FamilyVerdicts:
    """Verdicts in the order given, and the family they were judged in (its arrays hold the `judged` positions)."""

    verdicts: tuple[Verdict, ...]
    family: Family
    judged: tuple[int, ...]


def judge_family(
    name: str, differences: Sequence[Difference], verdicts: Sequence[Verdict], rate: float
) -> FamilyVerdicts:
    """Withdraw the better and worse verdicts that false-discovery control at `rate` does not let stand.

    Only cells with an interval belong to the family. "No material difference" is no discovery and stays.
    Raises UsageError unless there is one verdict per difference.
    """
    if len(differences) != len(verdicts):
        message = f"expected one verdict per difference, found {len(verdicts)} for {len(differences)}"
        raise UsageError(message)
    p_values = {place: one.interval.p_value for place, one in enumerate(differences) if one.interval is not None}
    family = benjamini_yekutieli(name, list(p_values.values()), rate)
    stands = dict(zip(p_values, family.discovered.tolist(), strict=True))
    settled = (one if stands.get(place, False) else withdrawn(one) for place, one in enumerate(verdicts))
    return FamilyVerdicts(tuple(settled), family, tuple(p_values))
