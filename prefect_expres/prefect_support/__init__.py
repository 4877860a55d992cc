"""What Prefect needs to be told: sync callers, form annotations, flow-run look-ups.

May import: expres, ephemeris.
"""
