"""What ``prefect-expres deploy`` registers on a Prefect server.

May import: errors, blocks, prefect_support; flows by their entrypoints.
"""
