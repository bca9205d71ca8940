#!/usr/bin/env bash
# See to it that there are a Chromium and a Firefox for the browser tests: those that are there, else Debian's; of
# Chromium the headless shell, which takes a third less of a processor, where Debian has it. Without either, Playwright's
# own Chromium; the tests in Firefox are then left out, and this says so.
# Usage: install_browsers.sh PYTHON    PYTHON: one that has playwright
set -euo pipefail
python=$1

# Asked for its version, because Ubuntu's browsers without snap are on PATH and don't run.
has() {
  for name in "$@"; do
    if command -v "$name" >/dev/null && "$name" --version >/dev/null 2>&1; then
      echo "For the browser tests: $(command -v "$name")"
      return 0
    fi
  done
  return 1
}

install() {
  command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return 0
  apt-get update -qq || true # an old list of packages may do
  apt-get install --yes -qq "$1" >/dev/null || true
}

has firefox-esr firefox || { install firefox-esr; has firefox-esr firefox; } || echo "No Firefox: the page is tested in Chromium only"
has chromium-headless-shell || { install chromium-headless-shell; has chromium-headless-shell; } && exit
has chromium chromium-browser google-chrome || { install chromium; has chromium chromium-browser google-chrome; } && exit
"$python" -m playwright install chromium
echo "For the browser tests: Playwright's own Chromium"
