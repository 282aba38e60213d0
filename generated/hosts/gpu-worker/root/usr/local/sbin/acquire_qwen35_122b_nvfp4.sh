#!/bin/sh
# Compiled by dncompile. Edits here are lost: change the spec and compile.
# stages cyankiwi/Qwen3.5-122B-A10B-AWQ-4bit on NVMe; changes nothing that is served
set -eu
exec /opt/desineuron/aws-tools/bin/python /usr/local/lib/desineuron/model_store.py --config /etc/desineuron/stage-candidate-122b.json run "$@"
