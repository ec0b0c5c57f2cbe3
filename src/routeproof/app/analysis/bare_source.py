"""The lake without quotes of other kinds: fades and sweeps are not measured where nobody asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.measuring.lake_source import LakeSource

if TYPE_CHECKING:
    from datetime import date


class BareSource(LakeSource):
    """A source of days with reference quotes alone."""

    def quotes_of(self, kind: str, day: date) -> None:  # noqa: ARG002  # none of any kind
        """None."""
        return


def bare(source: LakeSource) -> BareSource:
    """The same lake, bare."""
    return BareSource(lake=source.lake, manifest=source.manifest)
