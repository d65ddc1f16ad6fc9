"""Marks this folder as the root of its modules."""
