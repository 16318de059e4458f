# SPDX-License-Identifier: Apache-2.0
# Fails where README names a file or folder in backquotes that is not there: a
# path from ROOT or its folder tests, or the name of a file anywhere in the
# sources. A word in capitals stands for any other.
#   cmake -D ROOT=. -D README=tests/README.md -P tests/readme_files_exist.cmake
file(GLOB_RECURSE sources LIST_DIRECTORIES true RELATIVE "${ROOT}"
  "${ROOT}/core/*" "${ROOT}/exporter/*" "${ROOT}/tests/*")
if(NOT sources)
  message(FATAL_ERROR "no sources below ${ROOT}")
endif()

file(READ "${README}" text)
string(REGEX REPLACE "[][;]" " " text "${text}")
string(REGEX MATCHALL "`[^`]+`" quotations "${text}")
set(checked 0)
foreach(quotation IN LISTS quotations)
  string(REGEX REPLACE "[` \n]+" ";" words "${quotation}")
  foreach(word IN LISTS words)
    set(is_file "[^/][.](cpp|h|def|sh|py|cmake|txt|md|prom)$")
    if(word MATCHES "[^-A-Za-z0-9_./*]|^build/"
        OR NOT (word MATCHES "/" OR word MATCHES "${is_file}"))
      continue()
    endif()
    math(EXPR checked "${checked} + 1")
    string(REGEX REPLACE "/$" "" pattern "${word}")
    string(REGEX REPLACE "[.]" "[.]" pattern "${pattern}")
    string(REGEX REPLACE "[A-Z][A-Z]+|[*]" "[^/]+" pattern "${pattern}")
    if(word MATCHES "/")
      set(matching ${sources})
      list(FILTER matching INCLUDE REGEX "^(tests/)?${pattern}$")
    else()
      set(matching ${sources})
      list(FILTER matching INCLUDE REGEX "/${pattern}$")
    endif()
    if(NOT matching AND NOT EXISTS "${ROOT}/${word}")
      message(SEND_ERROR "${README}: there is no ${word}")
    endif()
  endforeach()
endforeach()
if(checked EQUAL 0)
  message(FATAL_ERROR "${README} names no file")
endif()
