"""Fetches and builds the engines into the user's cache, once per version."""
