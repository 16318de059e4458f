# SPDX-License-Identifier: Apache-2.0
# Fails where a source below VIEWS knows of more than core/, other views and the
# standard library, or touches the world: a view shows what was judged.
#   cmake -D VIEWS=exporter/views -P tests/views_depend_on_core.cmake
set(allowed "#include +(\"(core|exporter/views)/|<[a-z_]+>|<zlib[.]h>)")
set(forbidden
  "#include +<(fstream|filesystem|iostream|cstdio|thread|mutex)>"
  "#include +<(condition_variable|atomic|future)>"
  "::now[(]|judge_|assess_"
  "(^|[^a-z_])(getenv|secure_getenv|fopen|open|stat|system|popen)[(]")

file(GLOB_RECURSE sources "${VIEWS}/*.h" "${VIEWS}/*.cpp")
if(NOT sources)
  message(FATAL_ERROR "no sources below ${VIEWS}")
endif()
foreach(source IN LISTS sources)
  file(STRINGS "${source}" lines)
  foreach(line IN LISTS lines)
    if(line MATCHES "#include" AND NOT line MATCHES "${allowed}")
      message(SEND_ERROR "${source}: ${line}")
    endif()
    foreach(pattern IN LISTS forbidden)
      if(line MATCHES "${pattern}")
        message(SEND_ERROR "${source}: ${line}")
      endif()
    endforeach()
  endforeach()
endforeach()
