"""The flows: simulate, campaign, analyse, forecast and housekeeping.

May import: everything but sandbox, deployment and cli.
"""
