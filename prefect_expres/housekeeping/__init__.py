"""The jobs of ours on the service: rules that decide, and actions that follow.

May import: errors, uws, expres, execution, blocks, monitoring, tasks, prefect_support.
"""
