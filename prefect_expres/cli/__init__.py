"""The command ``prefect-expres``: commands, console, terminal view, demonstration.

May import: everything; nothing imports it. Only ``terminal`` imports Prefect, when a flow runs.
"""
