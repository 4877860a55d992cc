"""What is shown in Prefect: log lines, progress, artifacts, events and assets.

May import: errors, net, uws, expres, analysis, execution, identification,
preview, prefect_support.
"""
