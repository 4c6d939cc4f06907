"""`did you mean …?` for a word that is not known."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Say which known word was probably meant or, if none is close, which words are known."""
    words = list(known)
    folded = {candidate.lower(): candidate for candidate in words}
    close = get_close_matches(word.lower().replace("_", ""), folded, n=1)
    return f"did you mean '{folded[close[0]]}'?" if close else f"known are {', '.join(words)}"
