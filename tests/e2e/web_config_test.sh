#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Web configuration files: the exporter's verdict is that of `promtool check web-config`, but where it is known to be
# stricter, and names file and reason in one line.
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

need openssl promtool
cases=$e2e/../fixtures/web_config/cases.txt

new_certificate() { # NAME
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=$1" \
    -out "$1.pem" -keyout "$1_key.pem" 2> "$work/openssl.log"
}

good_case_has() { # KEY
  local i
  for ((i = 0; i < ${#names[@]}; i++)); do
    if [ "${kinds[i]##* }" = good ] && grep --quiet --extended-regexp "(^|[{, ])$1:" "$i.yml"; then return 0; fi
  done
  return 1
}

cd "$work"
new_certificate ca
new_certificate other
new_certificate cert
mv cert_key.pem key.pem
openssl pkey -in key.pem -aes256 -passout pass:secret -out locked_key.pem
printf 'no PEM\n' > text.pem
: > empty.pem
sed '2s/^..../????/' cert.pem > broken.pem

# One file a case, named by its number; KIND and NAME of it in kinds and names.
kinds=()
names=()
while IFS= read -r line; do
  case $line in
    '=== '*)
      line=${line#=== }
      kind=${line%%:*}
      kinds+=("${kind% \[files\]}")
      names+=("${line#*: }")
      : > "$((${#names[@]} - 1)).yml"
      ;;
    @*@) sed 's/^/    /' "${line//@/}" >> "$((${#names[@]} - 1)).yml" ;;
    *) [ "${#names[@]}" -eq 0 ] || printf '%s\n' "$line" >> "$((${#names[@]} - 1)).yml" ;;
  esac
done < "$cases"

# 2.42 knows none of the newer keys, 2.53 all but rate_limit.
too_new() {
  grep --quiet --extended-regexp 'field (cert|key|client_ca|client_allowed_sans|rate_limit) not found' promtool.log
}

compared=0
for ((i = 0; i < ${#names[@]}; i++)); do
  ours=good
  "$BINARY" --config.check --web.config.file="$i.yml" > stdout 2> stderr || ours="bad ($?)"
  theirs=good
  promtool check web-config "$i.yml" > promtool.log 2>&1 || theirs=bad
  too_new || compared=$((compared + 1))
  name="${kinds[i]}: ${names[i]}"
  expected=good
  [ "${kinds[i]##* }" = good ] || expected='bad (2)'
  case ${kinds[i]} in
    good | bad) check_equal "$name: promtool agrees" "${kinds[i]}" "$theirs" ;;
    'older stricter') ;;
    'newer stricter') too_new || check_equal "$name: promtool takes it" good "$theirs" ;;
    stricter) check_equal "$name: promtool takes it" good "$theirs" ;;
    newer*) too_new || check_equal "$name: promtool agrees" "${kinds[i]##* }" "$theirs" ;;
    *) not_ok "$name: unknown kind" ;;
  esac
  if [ "$ours" = "$expected" ]; then ok "$name"; else
    not_ok "$name" "expected $expected, got $ours: $(cat stderr)
$(cat "$i.yml")"
  fi
  if [ "$expected" != good ]; then
    check_equal "$name: one line" 1 "$(wc -l < stderr)"
    check "$name: names a file" grep --quiet --extended-regexp "^openclaw-lock-exporter: ([^ ]*/)?($i.yml(:[0-9]+)?|[a-z_]*\.pem|[.]/?|cert|key|client_ca): " stderr
    check_equal "$name: no secret in it" '' "$(grep --extended-regexp 'QOauhQ|PRIVATE|nonsense' stderr || true)"
  fi
done
check "promtool had a verdict on $compared of ${#names[@]}, at least 120" [ "$compared" -ge 120 ]

# Every key of the format is in some good case.
for key in cert cert_file key key_file client_ca client_ca_file client_auth_type client_allowed_sans min_version max_version \
  cipher_suites prefer_server_cipher_suites curve_preferences http2 headers rate_limit interval burst basic_auth_users; do
  check "$key is used in a good case" good_case_has "$key"
done
finish
