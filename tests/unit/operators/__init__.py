"""The operators: published numbers, properties, finite differences, independent oracles."""
