"""Helpers that several packages of tests share: servers, processes, files, scripts."""
