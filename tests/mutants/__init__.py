"""Change the source a little, over and over, and see whether the tests notice.

Run it with ``python -m tests.mutants``; ``--help`` shows the options.
"""
