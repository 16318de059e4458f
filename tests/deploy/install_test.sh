#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where, and the parts of the .deb that can be looked at without building it.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"

need cmake dpkg-parsechangelog git
repository=$(cd "$e2e/../.." && pwd)
build=$(dirname "$BINARY")
debian=$repository/deploy/debian
DESTDIR=$work/tree cmake --install "$build" > "$work/log" 2>&1 || { not_ok 'it installs' "$(cat "$work/log")"; finish; }
prefix=$work/tree$(sed -n 's/^CMAKE_INSTALL_PREFIX:PATH=//p' "$build/CMakeCache.txt")

# ---- the tree

for file in bin/openclaw-lock-exporter share/man/man1/openclaw-lock-exporter.1.gz \
  share/bash-completion/completions/openclaw-lock-exporter share/zsh/vendor-completions/_openclaw-lock-exporter \
  lib/systemd/system/openclaw-lock-exporter.service share/doc/openclaw-lock-exporter/examples/config.yml; do
  check "installed: $file" [ -s "$prefix/$file" ]
done
check_equal 'one program' openclaw-lock-exporter "$(ls "$prefix/bin")"
check_equal 'nothing outside the prefix' '' "$(find "$work/tree" -type f ! -path "$prefix/*")"
check 'it runs from there' "$prefix/bin/openclaw-lock-exporter" --version
check_equal 'the unit starts what is installed' "${prefix#"$work/tree"}/bin/openclaw-lock-exporter" \
  "$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$prefix/lib/systemd/system/openclaw-lock-exporter.service")"
data=$prefix/share/openclaw-lock-exporter
while IFS= read -r file; do
  check "installed: $file" cmp "$repository/$file" "$data/$file"
done < <(git -C "$repository" ls-files -- 'alerts/*.y*ml' 'alerts/*.md' 'alerts/*.tmpl' 'dashboards/*.json')
check 'the example of a configuration is right' "$BINARY" --config.check \
  "--config.file=$prefix/share/doc/openclaw-lock-exporter/examples/config.yml"

# ---- of the .deb

for script in postinst prerm postrm; do
  check "$script is a shell script" sh -n "$debian/$script"
  check "$script is executable" [ -x "$debian/$script" ]
done
printf '%s\n' '# Changelog' '' '## [Unreleased]' '' '### Added' '' '- Two words' '  and two more.' '' \
  '## [0.2.0] - 2026-03-04' '' '- First.' '- Second.' '' '## [0.1.0] - 2026-01-02' '' '### Fixed' '' '- Old.' > "$work/changes.md"
"$debian/changelog.sh" "$work/changes.md" '0.3.0-1~deb12u1' 'A Person <person@localhost>' 1700000000 > "$work/changelog"
field() { # NAME [OPTION...]
  dpkg-parsechangelog --file "$work/changelog" --show-field "$@" 2>&1
}
check_equal 'changelog: what is not released is packaged as the version' '0.3.0-1~deb12u1' "$(field Version)"
check_equal 'changelog: at the time of the commit' 'Tue, 14 Nov 2023 22:13:20 +0000' "$(field Date)"
check_equal 'changelog: lines are joined' '  * Two words and two more.' "$(field Changes | grep '\*')"
check_equal 'changelog: three releases' '0.3.0-1~deb12u1 0.2.0-1~deb12u1 0.1.0-1~deb12u1' \
  "$(sed -n 's/^openclaw-lock-exporter (\(.*\)) unstable; .*/\1/p' "$work/changelog" | paste -s -d ' ')"
check_equal 'changelog: each with its day' 'Wed, 04 Mar 2026 00:00:00 +0000' "$(field Date --offset 1 --count 1)"
sed -i '/Two words/,/and two more/d' "$work/changes.md"
"$debian/changelog.sh" "$work/changes.md" '0.2.0-1' 'A Person <person@localhost>' 1700000000 > "$work/changelog"
check_equal 'changelog: nothing is not a change' '0.2.0-1 0.1.0-1' \
  "$(sed -n 's/^openclaw-lock-exporter (\(.*\)) unstable; .*/\1/p' "$work/changelog" | paste -s -d ' ')"
"$debian/changelog.sh" "$repository/CHANGELOG.md" '0.1.0-1' 'A Person <person@localhost>' 1700000000 > "$work/changelog"
check_equal 'changelog: ours is one to Debian' '' "$(dpkg-parsechangelog --all --file "$work/changelog" 2>&1 > "$work/ignored")"
finish
