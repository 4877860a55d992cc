"""Printing, questions and exit codes, for every command."""
