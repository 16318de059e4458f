#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints a Debian changelog made from CHANGELOG.md. What is not released yet is the version that is packaged now.
#
#   changelog.sh CHANGELOG.md VERSION MAINTAINER EPOCH
set -eu

file=$1 version=$2 maintainer=$3 now=$(date --utc --rfc-email --date="@$4")
newest=${version%-*}
release=${version##*-}

awk -v version="$newest" '
  function flush(  line, n, i, words) {
    if (text == "") return
    n = split(text, words, " ")
    line = "  *"
    for (i = 1; i <= n; ++i) {
      if (length(line) + 1 + length(words[i]) > 78) { print line; line = "   " }
      line = line " " words[i]
    }
    print line
    text = ""
  }
  # "## [0.1.0] - 2026-01-31", "## [Unreleased]"
  /^## \[/ {
    flush()
    name = $2
    gsub(/[][]/, "", name)
    if (name == "Unreleased") name = version
    heading = "=" name " " $4
    next
  }
  /^\[/ || /^#/ || /^$/ { flush(); next }
  /^- / {
    flush()
    # A heading without entries yet would be no changelog entry.
    if (heading != "") { print heading; heading = "" }
    if (name != "") text = substr($0, 3)
    next
  }
  text != "" { sub(/^ +/, ""); text = text " " $0 }
  END { flush() }
' "$file" | {
  date=
  while IFS= read -r line; do
    case $line in
      =*)
        [ -z "$date" ] || printf '\n -- %s  %s\n\n' "$maintainer" "$date"
        name=${line#=}
        date=${name#* }
        name=${name%% *}
        if [ -n "$date" ]; then date=$(date --utc --rfc-email --date="$date"); else date=$now; fi
        printf 'openclaw-lock-exporter (%s-%s) unstable; urgency=medium\n\n' "$name" "$release"
        ;;
      *) printf '%s\n' "$line" ;;
    esac
  done
  printf '\n -- %s  %s\n' "$maintainer" "$date"
}
