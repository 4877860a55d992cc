"""The command ``prefect-expres``: commands, console, terminal view of a flow, demonstration.

May import: everything. Prefect is imported only by commands that run flows, when they run.
"""
