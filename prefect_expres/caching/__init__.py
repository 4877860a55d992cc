"""What Prefect's result storage keeps between runs: computed ephemerides.

May import: execution, monitoring, prefect_support, and all that these may.
"""
