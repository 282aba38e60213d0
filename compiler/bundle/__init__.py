"""Stage 6: the bytes and their manifests as one tree, and how that tree gets onto a disk and is compared
with it.
"""
