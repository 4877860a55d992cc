"""What each rule just accepts, and what it just refuses: a module for each module of rules.

The bounds are literal values, taken from the facts about ExPRES 1.4 and not from the rules.
"""
