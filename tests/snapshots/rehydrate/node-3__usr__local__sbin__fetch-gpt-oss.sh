#!/bin/sh
# Compiled by dncompile. Edits here are lost: change the spec and compile.
# stages openai/gpt-oss-120b on NVMe; changes nothing that is served
set -eu
exec /opt/nordlys/aws-tools/bin/python /usr/local/lib/nordlys/refill.py --config /etc/nordlys/stage-gpt-oss.json run "$@"
