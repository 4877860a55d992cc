"""What all HTTP clients share: proxy, clock, retry, limit of a body, shown URLs.

May import: errors.
"""
