"""Lightship: Dockerfiles read at every keystroke, and images that are small, safe and reproducible."""

__version__ = "0.1.0"
