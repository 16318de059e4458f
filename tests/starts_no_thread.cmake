# SPDX-License-Identifier: Apache-2.0
# Fails where an executable has code that starts threads.
#   cmake -D NM=nm -D EXECUTABLE=build/dev/tests/unit_tests
#     -P tests/starts_no_thread.cmake
execute_process(COMMAND "${NM}" --undefined-only "${EXECUTABLE}"
  OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
if(NOT symbols MATCHES "__libc_start_main")
  message(FATAL_ERROR "${NM} reads no symbols of ${EXECUTABLE}")
endif()
string(REGEX MATCHALL
  "[^ \n]*(_M_start_thread|pthread_create|thrd_create)[^ \n]*" starters
  "${symbols}")
if(starters)
  message(SEND_ERROR "${EXECUTABLE} starts threads by ${starters}: \
the test that links them belongs into threaded_tests")
endif()
