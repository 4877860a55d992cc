"""One clock, one retry, one body limit and one ``Retry-After`` for all HTTP clients.

May import: errors.
"""
