#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# promtool has nothing to say of any golden file.
#   golden_promtool.sh PROMTOOL DIRECTORY
set -eu
for golden in "$2"/*.prom; do
  said=$("$1" check metrics < "$golden" 2>&1) || { echo "$golden: $said"; exit 1; }
  [ -z "$said" ] || { echo "$golden: $said"; exit 1; }
done
