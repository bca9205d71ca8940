#!/usr/bin/env bash
# See to it that there is a Chromium for the browser tests: one that is there, else Debian's, else Playwright's.
# Usage: install_chromium.sh PYTHON    PYTHON: one that has playwright
set -euo pipefail
python=$1

# Asked for its version, because Ubuntu's chromium without snap is on PATH and doesn't run.
has_chromium() {
  for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null && "$name" --version >/dev/null 2>&1; then
      echo "Chromium for the browser tests: $(command -v "$name")"
      return 0
    fi
  done
  return 1
}

has_chromium && exit

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -qq || true # an old list of packages may do
  apt-get install --yes -qq chromium >/dev/null || true
  has_chromium && exit
fi

"$python" -m playwright install chromium
echo "Chromium for the browser tests: Playwright's own"
