"""The jobs of ours on the service: rules that decide, and actions that follow; no Prefect.

May import: errors, net, storage, uws, expres, ephemeris, analysis, execution.
"""
