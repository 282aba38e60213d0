#!/usr/bin/env bash
# Pins the dependencies in pyproject.toml for every supported Python on Linux, with hashes and without naming an index.
# The resolver lives in a throw-away environment: nothing else in the project needs it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/python" -m pip -qq --disable-pip-version-check install uv

pin() {
  "$work/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' "$@"
}

# Existing pins are kept unless UPGRADE=1 is given.
upgrade=()
if [[ ${UPGRADE:-} == 1 ]]; then
  upgrade=(--upgrade)
fi
pin "${upgrade[@]}" pyproject.toml -o requirements/run.txt
# The three share an environment, so they agree on what they share.
pin "${upgrade[@]}" --group gixy -o requirements/gixy.txt
pin "${upgrade[@]}" --group build -c requirements/run.txt -o requirements/build.txt
pin "${upgrade[@]}" pyproject.toml --group dev -c requirements/run.txt -c requirements/build.txt -o requirements/dev.txt
