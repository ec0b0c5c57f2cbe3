"""x."""


def write_documents(*a, **k):
    pass
