#!/bin/sh
# Compiled by dncompile. Edits here are lost: change the spec and compile.
# synchronises the routes now
set -eu
exec /opt/desineuron/aws-tools/bin/python /usr/local/lib/desineuron/sync_llm_route.py --config /etc/desineuron/llm-route-sync.json --env-file /etc/desineuron/llm-route-sync.env "$@"
