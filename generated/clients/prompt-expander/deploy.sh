#!/bin/sh
# Compiled by dncompile. Edits here are lost: change the spec and compile.
# checks that the route serves the model, then puts the environment file in place
set -eu
here=$(CDPATH="" cd -- "$(dirname -- "$0")" && pwd)
exec python3 "$here"/deploy_client.py --env "$here"/prompt-expander.env "$@"
