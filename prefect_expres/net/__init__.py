"""What all HTTP clients share: clock, deadline, retry, limits of a body, shown URLs.

May import: errors.
"""
