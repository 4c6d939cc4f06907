"""The command line of a benchmark that takes one number."""

import argparse


def asked_count(description: str | None, name: str, default: int) -> int:
    """The number that the command line names, or the default."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(name, nargs="?", type=int, default=default, help=f"{default:,} unless you say otherwise")
    count: int = getattr(parser.parse_args(), name)
    return count
