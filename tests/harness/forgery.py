"""One sign of a code is another one: never, by chance, the same code again."""


def forged(code: str) -> str:
    """The code with another letter in the middle of it."""
    at = len(code) // 2
    return f"{code[:at]}{'x' if code[at] != 'x' else 'y'}{code[at + 1 :]}"
