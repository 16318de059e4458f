# SPDX-License-Identifier: Apache-2.0
# Fails where a source below CORE touches the world: files, clocks, threads,
# the environment, our log or the metrics library.
#   cmake -D CORE=core -P tests/core_is_pure.cmake
set(impure
  "#include +<(fstream|filesystem|iostream|cstdio|stdio.h|thread|mutex)>"
  "#include +<(condition_variable|atomic|future|unistd.h|fcntl.h|dirent.h)>"
  "#include +<(sys|spdlog|prometheus)/"
  "#include +\"(exporter|spdlog|prometheus)/"
  "::now[(]"
  "(^|[^a-z_])(getenv|secure_getenv|fopen|open|stat|system|popen)[(]")

file(GLOB_RECURSE sources "${CORE}/*.h" "${CORE}/*.cpp")
if(NOT sources)
  message(FATAL_ERROR "no sources below ${CORE}")
endif()
foreach(source IN LISTS sources)
  file(STRINGS "${source}" lines)
  foreach(pattern IN LISTS impure)
    foreach(line IN LISTS lines)
      if(line MATCHES "${pattern}")
        message(SEND_ERROR "${source}: ${line}")
      endif()
    endforeach()
  endforeach()
endforeach()
