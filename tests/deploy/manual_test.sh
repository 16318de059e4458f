#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The manual page and the completions that the build makes: without a warning, with the flags of --help, no more and no
# fewer, and the shells really complete by them.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"

need man mandoc zsh
manual=$(dirname "$BINARY")/manual
page=$manual/openclaw-lock-exporter.1

# ---- the flags of each

# `--[no-]collector.locks` is two, as in: --collector.locks --no-collector.locks
help_flags() {
  "$BINARY" --help | sed -n 's/^ *\(-h, \)\{0,1\}--\([][a-z.-]*\).*$/\2/p' |
    sed 's/^\[no-\]\(.*\)$/\1\nno-\1/' | sed 's/^/--/' | sort
}

flags_in() { # from standard input
  grep --only-matching --extended-regexp -- '--[a-z][a-z.-]*' | sort --unique
}

help_flags > "$work/help"
check "--help lists flags: $(wc -l < "$work/help")" [ "$(wc -l < "$work/help")" -gt 20 ]

# ---- the page

check_equal 'man formats the page without a warning' '' "$(man --warnings --local-file "$page" 2>&1 > "$work/page")"
check 'it is not empty' grep --quiet 'EXIT STATUS' "$work/page"
check_equal 'mandoc finds nothing, not in style either' '' "$(mandoc -T lint -W style "$page")"
mandoc -T ascii "$page" | col -bx > "$work/page"
check_equal 'its options are the flags of --help' "$(cat "$work/help")" \
  "$(sed -n '/^OPTIONS/,/^ENDPOINTS/p' "$work/page" | grep --extended-regexp '^ {5,8}-' | flags_in)"
# A line of the page may break after any hyphen.
tr -d ' \n' < "$work/page" > "$work/words"
"$BINARY" --help | sed -n 's/^.\{31\}  \([A-Z].*\)$/\1/p' > "$work/descriptions"
check_equal 'each flag has its description in --help' "$(grep --count --invert-match '^--no-' "$work/help")" \
  "$(wc -l < "$work/descriptions")"
missing=
while IFS= read -r description; do
  grep --quiet --fixed-strings -- "${description// /}" "$work/words" || missing+="$description;"
done < "$work/descriptions"
check_equal 'and in the page' '' "$missing"

# ---- bash

completed() { # LINE...
  bash --norc --noprofile -c '
    . "$1"
    COMP_WORDBREAKS=$" \t\n\"'\''><=;|&(:"
    COMP_LINE=$2 COMP_POINT=${#2}
    cd "$3"
    _openclaw_lock_exporter
    printf "%s\n" "${COMPREPLY[@]}"' bash "$manual/bash/openclaw-lock-exporter" "openclaw-lock-exporter $1" "$work/files" |
    sort | paste -s -d ' '
}

mkdir -p "$work/files/state one" "$work/files/statues"
: > "$work/files/config.yml"
check_equal 'bash is told of the command' 'complete -F _openclaw_lock_exporter openclaw-lock-exporter' \
  "$(bash --norc -c '. "$1"; complete -p openclaw-lock-exporter' bash "$manual/bash/openclaw-lock-exporter")"
check_equal 'bash: its flags are those of --help' "$(cat "$work/help")" "$(completed -- | tr ' ' '\n' | flags_in)"
check_equal 'bash: a value is asked for with =' '--log.format= --log.level=' "$(completed --log.)"
check_equal 'bash: a switch has none' '--collector.locks' "$(completed --collector.loc)"
check_equal 'bash: and can be denied' '--no-collector.locks' "$(completed --no-collector.loc)"
check_equal 'bash: after a switch comes a flag' '--once' "$(completed '--config.check --onc')"
check_equal 'bash: words of a choice' 'debug error info warn' "$(completed --log.level=)"
check_equal 'bash: the beginning of one' 'warn' "$(completed --log.level=w)"
check_equal 'bash: as an argument of its own' 'json' "$(completed '--log.format j')"
check_equal 'bash: a file' 'config.yml' "$(completed --config.file=con)"
check_equal 'bash: a directory is no file' 'state one statues' "$(completed --storage.path=)"
check_equal 'bash: behind the name of a gateway' 'statues' "$(completed --openclaw.state-dir=main=statu)"
check_equal 'bash: a number has no words' '' "$(completed --web.max-requests=)"
check_equal 'bash: an unknown flag neither' '' "$(completed --nonsense=)"

# ---- zsh

# What zsh would insert, a word a line; asked in a terminal, for it completes nowhere else.
zsh_completed() { # LINE
  zsh -f -c '
    zmodload zsh/zpty
    zpty asked zsh -f -i
    say() { zpty -w asked "$1" }
    say "PS1= PS2= ; unsetopt zle_bracketed_paste prompt_cr; fpath=($1 \$fpath)"
    say "cd ${(q)2}; autoload -Uz compinit; compinit -u -d $3/zcompdump"
    say "compadd() { typeset -a hits; builtin compadd -A hits \"\$@\"; print -l -- \"[\"\${^hits}\"]\" >> $3/hits; builtin compadd \"\$@\" }"
    say "finished() { print >> $3/finished }; zle -N finished; bindkey \"^X\" finished; bindkey \"^I\" complete-word"
    say "print > $3/prepared"
    for (( i = 0; i < 400; ++i )) { [[ -e $3/prepared ]] && break; zpty -r -t asked _ ; sleep 0.05 }
    zpty -n -w asked "openclaw-lock-exporter $4"$'\''\t\x18'\''
    for (( i = 0; i < 400; ++i )) { [[ -e $3/finished ]] && break; zpty -r -t asked _ ; sleep 0.05 }
    [[ -e $3/finished ]] || print "no answer"
    zpty -d asked
  ' zsh "$manual/zsh" "$work/files" "$work/zsh" "$1"
  sed -n 's/^\[\(.*\)\]$/\1/p' "$work/zsh/hits" 2> /dev/null | sort --unique
}

in_zsh() { # LINE
  rm -rf "$work/zsh"
  mkdir "$work/zsh"
  zsh_completed "$1" | paste -s -d ' '
}

check_equal 'zsh: its flags are those of --help' "$(cat "$work/help")" "$(in_zsh -- | tr ' ' '\n' | flags_in)"
check_equal 'zsh: words of a choice' 'debug error info warn' "$(in_zsh --log.level=)"
check_equal 'zsh: a file' 'config.yml' "$(in_zsh --config.file=con)"
check_equal 'zsh: behind the name of a gateway' 'statues' "$(in_zsh --openclaw.state-dir=main=statu)"
finish
