"""A reproducible compiler from one YAML truth book to every file that its hosts and clients need.

The stages are modules, in the order in which they run: source, spec, rules, plan, render, bundle. `pipeline`
strings them together and `cli` is the door. Nothing here knows a site; nothing but `cli` knows the targets.
"""
