"""What Prefect needs to be told: sync callers, form annotations, strict blocks, runs and labels.

May import: errors, net, expres, ephemeris.
"""
