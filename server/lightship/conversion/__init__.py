"""Converting a stage into two: one that builds, and one that has only what running needs."""
