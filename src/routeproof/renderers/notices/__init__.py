"""E Notices as documents for programs and as text for people."""
