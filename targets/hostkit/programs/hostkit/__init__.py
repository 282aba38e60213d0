"""What the host programs share: a strict loader, safe files, bounded HTTP and commands, and speech.

It exists so that no program has its own, weaker version of these. Standard library only, Python 3.9 on.
"""
