"""A whole day of Io's emission seen from the Earth: configuration and ephemeris, ready to run.

``earth-jupiter-io-20180913.json`` names ``earth-jupiter-20180913.csv``, which holds the
sub-observer points at t - light time from DE440, one a minute.
"""
