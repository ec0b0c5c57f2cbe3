"""Sessions in QuickFIX's words; no QuickFIX is needed to say them."""

from pathlib import Path

import pytest

from routeproof.sources.live.quickfix_settings import settings_text
from routeproof.sources.live.session_config import FixSession
from routeproof.vocab.errors import UsageError


def session(**values: object) -> FixSession:
    """An acceptor, unless `values` say otherwise."""
    return FixSession.model_validate(
        {
            "name": "dropcopy",
            "role": "acceptor",
            "host": "127.0.0.1",
            "port": 0,
            "begin_string": "FIX.4.4",
            "sender_comp_id": "FIRM",
            "target_comp_id": "SOR",
            "provider": "P",
            **values,
        }
    )


def lines(tmp_path: Path, **values: object) -> list[str]:
    """Lines of its section."""
    return settings_text([(session(**values), 5001)], tmp_path).splitlines()


def test_an_acceptor_without_a_dictionary(tmp_path: Path) -> None:
    """Never ends, keeps its numbers, checks the session only."""
    assert lines(tmp_path) == [
        "[DEFAULT]",
        "[SESSION]",
        "ConnectionType=acceptor",
        "BeginString=FIX.4.4",
        "SenderCompID=FIRM",
        "TargetCompID=SOR",
        "SocketAcceptPort=5001",
        "SocketNodelay=Y",
        "NonStopSession=Y",
        "HeartBtInt=30",
        "ResetOnLogon=N",
        f"FileStorePath={tmp_path}",
        "UseDataDictionary=N",
    ]


def test_an_initiator_dials_this_machine(tmp_path: Path) -> None:
    """The gate dials the counterparty."""
    said = lines(tmp_path, role="initiator", host="198.51.100.1", port=9000)
    assert {"SocketConnectHost=127.0.0.1", "SocketConnectPort=5001"} <= set(said)


def test_fixt_has_two_dictionaries(tmp_path: Path) -> None:
    """The application's is named, the transport's stands beside it."""
    for name in ("FIX50SP2.xml", "FIXT11.xml"):
        (tmp_path / name).write_text("<fix/>", "utf-8")
    path = tmp_path / "FIX50SP2.xml"
    said = lines(tmp_path, begin_string="FIXT.1.1", default_appl_ver_id="9", dictionary=str(path))
    expected = {f"AppDataDictionary={path}", f"TransportDataDictionary={tmp_path / 'FIXT11.xml'}", "DefaultApplVerID=9"}
    assert expected <= set(said)


@pytest.mark.parametrize(
    "content", ["<!DOCTYPE fix><fix/>", "<!doctype fix [<!ENTITY a 'b'>]><fix>&a;</fix>", "no xml"]
)
def test_a_dictionary_with_a_document_type_is_refused(tmp_path: Path, content: str) -> None:
    """It could grow without end when it is read."""
    path = tmp_path / "odd.xml"
    path.write_text(content, "utf-8")
    with pytest.raises(UsageError, match="without a document type"):
        lines(tmp_path, dictionary=str(path))


def test_a_dictionary_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the session that wants it."""
    with pytest.raises(UsageError, match="of session dropcopy"):
        lines(tmp_path, dictionary="no-such-file.xml")
