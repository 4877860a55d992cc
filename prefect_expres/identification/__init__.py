"""Identification: which simulated source made the emission in an observation.

May import: errors, net, storage, expres, analysis, observations.
"""
