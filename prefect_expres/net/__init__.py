"""What all HTTP clients share: proxy, clock, deadline, retry, limits of a body, shown URLs.

May import: errors.
"""
