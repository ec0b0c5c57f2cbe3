"""What a `[[fix]]` table may say, and what it is told when it says something else."""

from pathlib import Path

import pytest

from routeproof.sources.live.session_config import FixSession, load_fix_sessions
from routeproof.vocab.errors import UsageError

TABLE = """
[[fix]]
name = "dropcopy"
role = "acceptor"
host = "127.0.0.1"
port = 9878
begin_string = "FIX.4.4"
sender_comp_id = "FIRM"
target_comp_id = "SOR"
provider = "P"
"""


def load(tmp_path: Path, text: str) -> tuple[FixSession, ...]:
    """Sessions of a file with this text."""
    path = tmp_path / "watch.toml"
    path.write_text(text, "utf-8")
    return load_fix_sessions(path)


def test_the_required_keys_are_enough(tmp_path: Path) -> None:
    """The rest has a default: no reset, 30 s, session checks only, this machine."""
    (session,) = load(tmp_path, TABLE)
    assert (session.reset_on_logon, session.heartbeat_s, session.dictionary) == (False, 30, None)
    assert session.identity == ("FIX.4.4", "FIRM", "SOR")
    assert [session.admits(address) for address in ("127.0.0.1", "::1", "10.0.0.1")] == [True, True, False]


def test_a_list_of_addresses_and_networks(tmp_path: Path) -> None:
    """What is declared replaces the default."""
    (session,) = load(tmp_path, TABLE + 'allow_ip = ["10.0.0.0/8", "192.168.1.7"]\n')
    addresses = ("10.9.8.7", "192.168.1.7", "192.168.1.8", "127.0.0.1")
    assert [session.admits(address) for address in addresses] == [True, True, False, False]


def test_an_initiator_takes_its_host_at_its_word(tmp_path: Path) -> None:
    """Without `allow_ip` any address that the host's name stands for will do."""
    (session,) = load(tmp_path, TABLE.replace("acceptor", "initiator"))
    assert session.admits("203.0.113.5")


def test_a_dictionary_beside_the_file_is_found_from_anywhere(tmp_path: Path) -> None:
    """A relative name means the configuration's folder."""
    (tmp_path / "FIX44.xml").write_text("<fix/>", "utf-8")
    (session,) = load(tmp_path, TABLE + 'dictionary = "FIX44.xml"\n')
    assert session.dictionary == str(tmp_path / "FIX44.xml")


def test_a_session_of_quotes_is_of_no_provider(tmp_path: Path) -> None:
    """Market data is about the market; elsewhere somebody's orders arrive."""
    (session,) = load(tmp_path, TABLE.replace('provider = "P"', 'table = "quotes"'))
    assert (session.table, session.provider) == ("quotes", "")
    (session,) = load(tmp_path, TABLE)
    assert (session.table, session.provider) == (None, "P")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('name = "dropcopy"\n', ""), "name: Field required"),
        (('"FIX.4.4"', '"FIX.5.0"'), "begin_string"),
        (("9878", "70000"), "port"),
        (('"FIRM"', '" FIRM"'), "sender_comp_id"),
        (('"dropcopy"', '""'), "name"),
        (('"FIRM"', '"../FIRM"'), "sender_comp_id"),
        (('provider = "P"', 'provider = "P"\nprovidr = "Q"'), "providr: Extra inputs are not permitted"),
        (('provider = "P"', 'provider = "P"\nallow_ip = ["localhost"]'), "allow_ip"),
        (('provider = "P"\n', ""), 'provider is required: whose orders arrive here; or table = "quotes"'),
        (('provider = "P"', 'provider = ""'), "provider is required"),
        (('provider = "P"', 'table = "trades"'), "table: Input should be 'quotes'"),
        (('provider = "P"', 'table = "quotes"\nsymbols = ["Q"]'), "symbols belongs to"),
        (('provider = "P"', 'provider = "P"\ndictionary = "FIX44.xml"\nsymbols = ["Q"]'), "symbols belongs to"),
        (('provider = "P"', 'table = "quotes"\ndictionary = "FIX44.xml"\nsymbols = [""]'), "symbols"),
        (('"FIX.4.4"', '"FIXT.1.1"'), "default_appl_ver_id"),
        (('provider = "P"', 'provider = "P"\ndefault_appl_ver_id = "9"'), "default_appl_ver_id"),
        (('role = "acceptor"\nhost = "127.0.0.1"\nport = 9878', 'role = "initiator"\nhost = "h"\nport = 0'), "port 0"),
        (("[[fix]]", "[fix]"), "two brackets"),
        (("[[fix]]", "[[fix"), "TOML"),
        (("[[fix]]", "[[fixes]]"), "at least one"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    """The message has the key, the file stands beside it."""
    with pytest.raises(UsageError) as raised:
        load(tmp_path, TABLE.replace(*change))
    assert told in raised.value.message
    assert raised.value.where == str(tmp_path / "watch.toml")


@pytest.mark.parametrize("comp_id", ["F", "FIRM_1", "A&B desk", "X.Y:Z-1"])
def test_comp_ids_are_what_counterparties_use(tmp_path: Path, comp_id: str) -> None:
    """Printable, and no part of a path."""
    (session,) = load(tmp_path, TABLE.replace("FIRM", comp_id))
    assert session.sender_comp_id == comp_id


def test_two_sessions_are_told_apart(tmp_path: Path) -> None:
    """By name in status and journal, by CompIDs on the wire."""
    with pytest.raises(UsageError, match="its own name"):
        load(tmp_path, TABLE + TABLE)
    with pytest.raises(UsageError, match="its own begin_string"):
        load(tmp_path, TABLE + TABLE.replace("dropcopy", "second"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """Rather than a trace."""
    with pytest.raises(UsageError, match="readable TOML"):
        load_fix_sessions(tmp_path / "none.toml")
