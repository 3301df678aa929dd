"""Conversions of what a compiler makes: Go, Rust and Java."""
