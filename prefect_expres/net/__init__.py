"""What all HTTP clients share: clock, retry, limit of a body, ``Retry-After``, shown URLs.

May import: errors.
"""
