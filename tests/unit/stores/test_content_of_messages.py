"""What stands for a FIX message in the hash of a lake part."""

from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.sources.fix.tags import FIELDS, TRANSPORT_TAGS
from routeproof.stores.content import DIGESTED, content_names


def test_the_message_hash_and_every_kept_field_that_it_leaves_out_are_hashed() -> None:
    """Tags 8, 34, 43, 52, 97 and 122 are no part of `message_id`; 34 is provenance of the order of arrival."""
    left_out = {field.name for field in FIELDS if field.tag in TRANSPORT_TAGS}
    assert {"begin_string", "poss_dup", "sending_at", "poss_resend", "orig_sending_at"} < left_out
    assert {"message_id", *left_out} <= set(DIGESTED["fix_messages"])
    assert {"message_id", *left_out} <= set(content_names(FIX_MESSAGES.names, FIX_MESSAGES.name))
