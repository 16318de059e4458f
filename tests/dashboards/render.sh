#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Draws pictures of the dashboards, light and dark, for each class of incident; see README.md.
#
#   tests/dashboards/render.sh OUTDIR [--class C]... [--dashboard D]... [--theme T]... [--height PIXELS] [--reuse]
#
# Needs node and npm (from 20 on), chromium, jsonnet, prometheus and promtool; tests/run.sh unpacks the last two below
# build/tools. CHROMIUM=PATH names another browser. The history is kept in build/dashboards.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
[ "$#" -ge 1 ] || {
  sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2
  exit 2
}
PATH=$PATH:$root/build/tools/prometheus/usr/bin
export PATH
for tool in node npm jsonnet prometheus promtool python3; do
  command -v "$tool" > /dev/null || {
    printf 'error: %s is not installed\n' "$tool" >&2
    exit 1
  }
done

renderer=$root/tests/dashboards/renderer
bundle=$root/build/dashboards/bundle
mkdir -p "$bundle"
if [ ! -d "$renderer/node_modules" ]; then
  (cd "$renderer" && npm ci --no-audit --no-fund) >&2
fi
"$renderer/node_modules/.bin/esbuild" "$renderer/main.tsx" --bundle --outfile="$bundle/bundle.js" \
  --platform=browser --format=iife --jsx=automatic --minify --log-level=error \
  --define:process.env.NODE_ENV='"production"' --define:global=window \
  --loader:.svg=text --loader:.ttf=empty --loader:.woff2=empty --loader:.png=empty
python3 "$root/tests/dashboards/render.py" "$1" --bundle "$bundle" --folder "$root/build/dashboards" "${@:2}"
if command -v pngquant > /dev/null; then
  pngquant --force --ext .png --skip-if-larger --speed 3 "$1"/*.png || [ "$?" -eq 98 ]
fi
