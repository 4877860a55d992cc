"""What an observatory will see: made of simulations, and published.

May import: errors, storage, analysis, campaigns.
"""
