"""`dncompile verify`: each real consumer reads its file, and complains at the spec line that caused it.

consumers/  one module a consumer: what it reads, how it is asked, how its complaints are read
check.py    what a check is
site.py     the compiled trees, laid out as on their hosts
cell.py     a host's tree as the root of a file system, for programs that read absolute paths
tools.py    which programs are there, and which version
run.py      all checks side by side, with the cache
report.py   what is said at the end
"""
