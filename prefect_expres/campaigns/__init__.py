"""Many simulations: plans, the runner, its workers, the journal and the index.

May import: errors, net, storage, uws, expres, ephemeris, execution, blocks, monitoring, tasks,
prefect_support.
"""
