"""Measure how well the boundaries of public bodies coincide."""
