#!/usr/bin/env bash
# Sees to the programs that the native tests ask. Installs what is missing with apt when root; otherwise says what is
# missing and how to get it, and leaves it to the tests to skip. Under CI=true a missing program is an error.
set -euo pipefail

# Debian keeps daemons out of a user's PATH.
export PATH="$PATH:/usr/sbin:/sbin"

# program=Debian package
wanted=(
  ip=iproute2
  mmdebstrap=mmdebstrap
  nginx=nginx-light
  nix=nix-bin
  node=nodejs
  npm=npm
  openssl=openssl
  rsync=rsync
  shellcheck=shellcheck
  shfmt=shfmt
  ssh=openssh-client
  sshd=openssh-server
  systemd-analyze=systemd
)

packages=()
names=()
look() {
  local pair
  packages=() names=()
  for pair in "${wanted[@]}"; do
    if ! command -v "${pair%%=*}" >/dev/null; then
      names+=("${pair%%=*}")
      packages+=("${pair#*=}")
    fi
  done
}

look
if ((${#packages[@]} == 0)); then
  exit 0
fi

if ((EUID == 0)) && command -v apt-get >/dev/null; then
  echo "installing ${packages[*]}" >&2
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  # SYSTEMD_OFFLINE: a package's own service must not start listening because tests want its program.
  export DEBIAN_FRONTEND=noninteractive SYSTEMD_OFFLINE=1
  if ! { apt-get update -q && apt-get install -q -y --no-install-recommends "${packages[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
  fi
  look
fi

if ((${#names[@]} > 0)); then
  echo "missing: ${names[*]} (as root: apt-get install --no-install-recommends ${packages[*]})" >&2
  if [[ ${CI:-} == true ]]; then
    exit 1
  fi
  echo "the tests that ask them are skipped" >&2
fi
