"""Proofs of the Merkle tree: published vectors, and our own tree against the RFC's recursive definition."""

import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.ledger.merkle import (
    EMPTY_ROOT,
    Tree,
    is_subtree,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
)
from routeproof.ledger.proofs import holds

LEAVES = [leaf_hash(bytes([number])) for number in range(40)]


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, as it is written there."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962 §2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if index < k:
        return [*naive_path(index, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(index - k, leaves[k:]), naive_root(leaves[:k])]


def naive_consistency(size: int, leaves: list[bytes], *, known: bool = True) -> list[bytes]:
    """RFC 6962 §2.1.2."""
    if size == len(leaves):
        return [] if known else [naive_root(leaves)]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if size <= k:
        return [*naive_consistency(size, leaves[:k], known=known), naive_root(leaves[k:])]
    return [*naive_consistency(size - k, leaves[k:], known=False), naive_root(leaves[:k])]


def test_every_published_vector_is_judged_as_its_authors_say(shared_data: Path) -> None:
    """518 proofs of transparency-dev/merkle: good ones accepted, bad ones refused, each of them."""
    paths = sorted((shared_data / "robustness" / "merkle" / "rfc6962_proofs").rglob("*.json"))
    assert len(paths) == 518
    records = {path: json.loads(path.read_text("utf-8")) for path in paths}
    wrong = [str(path) for path, record in records.items() if holds(json.dumps(record)) == record["wantErr"]]
    assert wrong == []


def test_the_published_roots_come_out(shared_data: Path) -> None:
    """Leaves and roots of the Certificate Transparency reference implementation."""
    vectors = json.loads((shared_data / "robustness" / "merkle" / "rfc6962_reference_roots.json").read_text("utf-8"))
    leaves = [leaf_hash(bytes.fromhex(text)) for text in vectors["leaf_inputs_hex"]]
    assert EMPTY_ROOT.hex() == vectors["empty_root_hex"]
    tree = Tree(leaves)
    for size, expected in enumerate(vectors["root_hex_for_sizes_1_to_8"], start=1):
        assert tree.root(size).hex() == root_of(leaves[:size]).hex() == expected


def test_roots_and_proofs_equal_the_recursive_definition() -> None:
    """All sizes to 40, all leaves, all older sizes: hash by hash."""
    tree = Tree(LEAVES)
    for size in range(1, len(LEAVES) + 1):
        part = LEAVES[:size]
        assert tree.root(size) == root_of(part) == naive_root(part)
        for index in range(size):
            assert tree.inclusion(index, 0, size) == naive_path(index, part)
        for older in range(1, size + 1):
            assert tree.consistency(0, older, size) == naive_consistency(older, part)


def test_every_subtree_is_proven_and_no_other_root_is() -> None:
    """All subtrees of all trees to 24 leaves: inclusion and consistency hold, and fail for another root."""
    tree = Tree(LEAVES)
    for size in range(1, 25):
        for start, end in [(a, b) for a in range(size) for b in range(a + 1, size + 1) if is_subtree(a, b)]:
            root, whole = naive_root(LEAVES[start:end]), tree.root(size)
            assert tree.range_root(start, end) == root
            proof = tree.consistency(start, end, size)
            assert verify_subtree_consistency(start, end, size, root, whole, proof)
            assert not verify_subtree_consistency(start, end, size, EMPTY_ROOT, whole, proof)
            assert not verify_subtree_consistency(start, end, size, root, EMPTY_ROOT, proof)
            for index in range(start, end):
                path = tree.inclusion(index, start, end)
                assert verify_inclusion(LEAVES[index], index, root, path, start=start, end=end)
                assert not verify_inclusion(EMPTY_ROOT, index, root, path, start=start, end=end)


@given(st.data())
@examples(200)
def test_a_changed_proof_is_refused(data: st.DataObject) -> None:
    """One bit of a proof, one hash more or fewer, two swapped: none is accepted."""
    size = data.draw(st.integers(2, 40))
    older = data.draw(st.integers(1, size - 1))
    tree = Tree(LEAVES)
    good = tree.consistency(0, older, size)
    bad = list(good)
    place = data.draw(st.integers(0, len(good) - 1))
    match data.draw(st.sampled_from(["flip", "drop", "double", "append"])):
        case "flip":
            bit = data.draw(st.integers(0, 255))
            bad[place] = (int.from_bytes(bad[place], "big") ^ 1 << bit).to_bytes(32, "big")
        case "drop":
            del bad[place]
        case "double":
            bad.insert(place, bad[place])
        case "append":
            bad.append(EMPTY_ROOT)
    assert verify_consistency(older, size, tree.root(older), tree.root(size), good)
    assert not verify_consistency(older, size, tree.root(older), tree.root(size), bad)


def _line(**changes: object) -> str:
    """A right inclusion proof of leaf 2 among 3, with changes."""
    text = [base64.b64encode(value).decode() for value in (naive_root(LEAVES[:3]), LEAVES[2], naive_root(LEAVES[:2]))]
    record = {"leafIdx": 2, "treeSize": 3, "root": text[0], "leafHash": text[1], "proof": [text[2]], **changes}
    return json.dumps({name: value for name, value in record.items() if value != "absent"})


def test_remarks_beside_a_proof_do_not_change_it() -> None:
    """A description or an expectation is not part of the proof."""
    assert holds(_line())
    assert holds(_line(desc="right", wantErr=True))


@pytest.mark.parametrize(
    "line",
    ["", "{", "null", "[]", "5", '"x"', "NaN", "[" * 5000, "\ufeff" + _line(), b"\xff\xfe{",
     ("\ufeff" + _line()).encode(), _line().encode("utf-16-le"), _line().encode("utf-32"),
     _line(leafIdx=-1), _line(leafIdx=2.0), _line(leafIdx="2"), _line(leafIdx=True), _line(leafIdx=None),
     _line(treeSize=2**64), _line(treeSize=10**400), _line(proof="absent"), _line(root="absent"), _line(proof={}),
     _line(proof=[5]), _line(proof=[None]), _line(size1=1), _line(start=0, end=3), _line(root=""), _line(leafHash=""),
     _line(leafHash=base64.b64encode(LEAVES[2]).decode().replace("=", "")),
     _line(leafHash=base64.b64encode(LEAVES[2]).decode() + "\n"),
     _line(proof=[base64.urlsafe_b64encode(b"\xfb" * 32).decode()]),
     _line().replace('"treeSize"', '"treeSize": 3, "treeSize"'), _line().replace("3", "3e0")],
)  # fmt: skip
def test_what_is_no_proof_is_refused_and_never_raises(line: str | bytes) -> None:
    """Missing, doubled and foreign fields, fractions, negatives, huge numbers, sloppy base64, no JSON at all."""
    assert not holds(line)


def test_base64_has_one_spelling() -> None:
    """Unused bits of the last character must be zero."""
    leaf = base64.b64encode(LEAVES[2]).decode()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    sloppy = leaf[:-2] + alphabet[alphabet.index(leaf[-2]) + 1] + "="
    assert base64.b64decode(sloppy) == LEAVES[2]
    assert not holds(_line(leafHash=sloppy))
