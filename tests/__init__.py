"""The tests, in one package a package of the code; helpers are in ``support``."""
