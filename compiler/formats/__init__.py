"""One module a file format: how to write it so that no value can break out of its place.

A value enters text only as `Safe`, made by the format for the very context in which it will stand; templates
print nothing else. Targets choose a format and never write one of their own.
"""
