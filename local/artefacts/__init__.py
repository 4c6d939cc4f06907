"""Fetches or builds each engine into the user's cache, once per version: a module per engine.

`cache`, `command` and `progress` are what all of them share; `maven`, `go_build`, `go_module` and `python_environment`
are the ways to obtain one; `versions` reads what is pinned.
"""
