"""Counts primes, in C, so that the image needs a compiler once and never again."""

from myapp._primes import count


def main() -> None:
    print(f"{count(10_000)} primes below 10,000")
