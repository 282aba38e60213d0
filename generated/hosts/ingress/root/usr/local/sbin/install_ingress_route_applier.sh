#!/bin/sh
# Compiled by dncompile. Edits here are lost: change the spec and compile.
# installs route-applier on this host
set -eu
exec /usr/bin/python3 /usr/local/lib/desineuron/install.py --config /etc/desineuron/install-route-applier.json "$@"
