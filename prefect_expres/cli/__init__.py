"""The command ``prefect-expres``: commands, console, runs of flows in a terminal, demonstration.

May import: everything. Prefect is imported only by commands that run flows, when they run.
"""
