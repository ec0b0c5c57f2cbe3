"""How to rebuild the pack, and how it differs from its earlier builds."""

from routeproof.reports.document import Block, Column, Paragraph, ProvenanceBlock, Row, Section, Table, words
from routeproof.reports.pack.inputs import EarlierBuild, PackInputs


def _entries(inputs: PackInputs) -> tuple[tuple[str, str], ...]:
    who = inputs.identity
    fixed = (
        ("Firm", who.firm),
        ("Provider", who.provider),
        ("Period", f"{who.period}: {who.from_on.isoformat()} to {who.to_on.isoformat()}"),
        ("Data manifest", who.manifest),
        ("Policy", who.policy),
        ("Pack digest", who.digest),
        ("Program", f"routeproof {who.version}"),
        ("Command", who.command),
    )
    declared = tuple((f"Declared {row}", said) for row, said in sorted(who.declared.items()))
    switches = tuple((f"Switch {name}", value) for name, value in sorted(who.switches.items()))
    by_version: dict[str, list[str]] = {}
    for name, version in sorted(who.metric_versions.items()):
        by_version.setdefault(version, []).append(name)
    metrics = tuple((f"Metrics, version {version}", ", ".join(names)) for version, names in sorted(by_version.items()))
    files = tuple((f"Input {name}", value) for name, value in sorted(who.input_hashes.items()))
    notes = tuple(("Policy, to know", note) for note in who.policy_notes)
    return fixed + _checkpoint(who.checkpoint) + notes + declared + switches + metrics + files


def _checkpoint(note: str) -> tuple[tuple[str, str], ...]:
    """The signed note line by line, so that whoever has the print can hold the ledger against it."""
    lines = [line for line in note.splitlines() if line]
    names = ("Ledger checkpoint", "Ledger entries", "Ledger root")
    return (*zip(names, lines, strict=False), *(("Ledger signature", line) for line in lines[len(names) :]))


def _changes(builds: tuple[EarlierBuild, ...]) -> Table:
    rows = tuple(
        Row(
            id=f"{build.digest}-{index}",
            cells=(
                words(build.built_on.isoformat()),
                words(build.digest[:16]),
                words(change.figure),
                words(change.old),
                words(change.new),
                words(change.cause),
            ),
        )
        for build in builds
        for index, change in enumerate(build.changes)
    )
    columns = (
        Column(id="built_on", title="Built on"),
        Column(id="digest", title="Digest", weight=1.6),
        Column(id="figure", title="What", weight=2.2),
        Column(id="old", title="Was", align="right"),
        Column(id="new", title="Is", align="right"),
        Column(id="cause", title="Cause"),
    )
    return Table(id="earlier-builds", columns=columns, rows=rows, caption="What changed since earlier builds")


def provenance_section(inputs: PackInputs) -> Section:
    """Manifest, policy, versions, switches, command; then the earlier builds."""
    blocks: list[Block] = [ProvenanceBlock(entries=_entries(inputs))]
    same = [build for build in inputs.earlier if not build.changes]
    if not inputs.earlier:
        blocks.append(Paragraph(text="This is the first build of this pack."))
    if same:
        digests = ", ".join(f"{build.built_on.isoformat()} ({build.digest[:16]})" for build in same)
        blocks.append(Paragraph(text=f"Earlier builds with the same options, figures and verdicts: {digests}."))
    if len(same) < len(inputs.earlier):
        blocks.append(_changes(inputs.earlier))
    return Section(id="provenance", title="Provenance", blocks=tuple(blocks), page_break=True)
