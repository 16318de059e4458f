#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes schemas.json anew: JSON schemas of the kinds that deploy/kubernetes uses, from the typed models of the npm packages
# kubernetes-models and @kubernetes-models/prometheus-operator (MIT), which are made from the OpenAPI of Kubernetes and of
# Prometheus Operator. Objects take no other keys than those. Needs npm; the tests do not.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts \
  kubernetes-models@5.1.0 @kubernetes-models/prometheus-operator@6.0.0 typescript@5.9.3 > /dev/null
cp "$here/make_schemas.mjs" .
node make_schemas.mjs > schemas.json
mv schemas.json "$here/schemas.json"
