#!/usr/bin/env bash
# Brings one host its compiled folder, path for path: tools/push.sh [--dry-run] HOST DESTINATION
#   tools/push.sh gpu-worker root@10.20.1.5:/
# Seeds are created where they are absent and never overwritten: a program on the host owns them from then on. Modes are
# set here, so that the umask of this checkout never reaches a host. Nothing is deleted.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

flags=(-rlp --checksum --omit-dir-times --itemize-changes '--chmod=Du=rwx,Dgo=rx,Fu=rwX,Fgo=rX')
if [[ ${1:-} == --dry-run ]]; then
  flags+=(--dry-run)
  shift
fi
if (($# != 2)); then
  sed -n '2,3s/^# *//p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
folder=generated/hosts/$1
if [[ ! -f $folder/manifest.json ]]; then
  known=(generated/hosts/*/)
  echo "no host $1 in generated/hosts; there are: ${known[*]#generated/hosts/}" >&2
  exit 2
fi

seeds=$(mktemp)
trap 'rm -f "$seeds"' EXIT
python3 -c '
import json, sys
for file in json.load(open(sys.argv[1]))["files"]:
    if file["keep"] == "seed":
        print(file["path"])
' "$folder/manifest.json" >"$seeds"

rsync "${flags[@]}" --exclude-from="$seeds" "$folder/root/" "$2"
rsync "${flags[@]}" --ignore-existing --files-from="$seeds" "$folder/root/" "$2"
