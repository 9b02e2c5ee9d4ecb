"""How words are looked for in names, addresses, subjects and numbers."""

import unicodedata

LONGEST = 200  # letters of each thing that are searched: PostgreSQL takes no longer rows into an index than 2,704 bytes


def search_words(*things: str | None) -> str:
    """What a search looks through, as `folded` writes it, one thing on each line."""
    return "\n".join(folded((each or "")[:LONGEST])[:LONGEST] for each in things)  # 'ﷺ' folds to 18 letters


def folded(words: str) -> str:
    """Letters as a search compares them: 'MÜLLER', 'Müller' and 'muller' are the same."""
    if words.isascii():
        return words.lower()
    parted = unicodedata.normalize("NFKD", words)
    return "".join(each for each in parted if not unicodedata.combining(each)).casefold()
