"""Forecasts: what an observatory will see, made from simulations.

May import: errors, storage, expres, analysis, campaigns.
"""
