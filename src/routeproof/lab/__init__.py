"""Provider and market simulator: what the outside world would deliver, with the truth kept beside.

Everything follows from one seed. `simulate` yields days as values; `delivery` writes them as files.
"""
