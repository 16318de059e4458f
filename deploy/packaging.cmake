# SPDX-License-Identifier: Apache-2.0
# What is installed, and what the packages hold. Components: `exporter` is
# everywhere, `debian` only in the .deb, `portable` only in the release
# tarball.
include(GNUInstallDirs)

option(OPENCLAW_LOCK_PORTABLE
  "Build the release tarball's binary, which brings its libraries" OFF)

# ---- manual page and completions, from the table of flags

# Of the page and of what is in packages; the same commit gives the same bytes.
if(DEFINED ENV{SOURCE_DATE_EPOCH})
  set(epoch "$ENV{SOURCE_DATE_EPOCH}")
elseif(Git_FOUND AND EXISTS "${PROJECT_SOURCE_DIR}/.git")
  execute_process(COMMAND ${GIT_EXECUTABLE} log -1 --format=%ct
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}" ERROR_QUIET
    OUTPUT_VARIABLE epoch OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
if(NOT epoch)
  string(TIMESTAMP epoch %s UTC)
endif()
execute_process(COMMAND date --utc --date=@${epoch} +%Y-%m-%d
  OUTPUT_VARIABLE day OUTPUT_STRIP_TRAILING_WHITESPACE)

add_executable(render_docs exporter/manual/render_docs.cpp)
target_link_libraries(render_docs PRIVATE exporter)
set(manual "${PROJECT_BINARY_DIR}/manual")
set(man_page "${manual}/openclaw-lock-exporter.1")
set(bash_completion "${manual}/bash/openclaw-lock-exporter")
set(zsh_completion "${manual}/zsh/_openclaw-lock-exporter")
file(MAKE_DIRECTORY "${manual}/bash" "${manual}/zsh")
add_custom_command(
  OUTPUT "${man_page}" "${man_page}.gz" "${bash_completion}" "${zsh_completion}"
  COMMAND render_docs man ${day} > "${man_page}"
  COMMAND gzip -9nc "${man_page}" > "${man_page}.gz"
  COMMAND render_docs bash > "${bash_completion}"
  COMMAND render_docs zsh > "${zsh_completion}"
  DEPENDS render_docs VERBATIM)
# A sanitizer's program need not run where it is built.
set(docs_by_default ALL)
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  set(docs_by_default)
endif()
add_custom_target(docs ${docs_by_default}
  DEPENDS "${man_page}.gz" "${bash_completion}" "${zsh_completion}")

# ---- what is installed everywhere

set(shared_data "${CMAKE_INSTALL_DATADIR}/openclaw-lock-exporter")
install(TARGETS openclaw-lock-exporter COMPONENT exporter)

foreach(component IN ITEMS exporter portable)
  set(left_out)
  if(component STREQUAL portable)
    set(left_out EXCLUDE_FROM_ALL)
  endif()
  install(FILES "${man_page}.gz" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1"
    COMPONENT ${component} ${left_out})
  install(FILES "${bash_completion}" COMPONENT ${component} ${left_out}
    DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
  install(FILES "${zsh_completion}" COMPONENT ${component} ${left_out}
    DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions")
  foreach(folder IN ITEMS alerts dashboards)
    if(EXISTS "${PROJECT_SOURCE_DIR}/${folder}")
      install(DIRECTORY "${PROJECT_SOURCE_DIR}/${folder}"
        DESTINATION "${shared_data}" COMPONENT ${component} ${left_out}
        FILES_MATCHING PATTERN "*.yaml" PATTERN "*.yml" PATTERN "*.json"
        PATTERN "*.md" PATTERN "*.tmpl")
    endif()
  endforeach()
  install(FILES deploy/examples/config.yml COMPONENT ${component} ${left_out}
    DESTINATION "${CMAKE_INSTALL_DOCDIR}/examples")

  # The tarball is made for /usr/local.
  set(program "${CMAKE_INSTALL_FULL_BINDIR}/openclaw-lock-exporter")
  if(component STREQUAL portable)
    set(program /usr/local/bin/openclaw-lock-exporter)
  endif()
  foreach(manager IN ITEMS system user)
    set(unit openclaw-lock-exporter.service)
    set(file "${PROJECT_SOURCE_DIR}/deploy/systemd/${unit}")
    if(manager STREQUAL user)
      set(file "${PROJECT_SOURCE_DIR}/deploy/systemd/openclaw-lock-exporter.user.service")
    endif()
    if(NOT EXISTS "${file}")
      continue()
    endif()
    set_property(DIRECTORY "${PROJECT_SOURCE_DIR}"
      APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    file(READ "${file}" text)
    string(REPLACE /usr/bin/openclaw-lock-exporter "${program}" text "${text}")
    set(file "${PROJECT_BINARY_DIR}/units/${component}/${manager}/${unit}")
    file(GENERATE OUTPUT "${file}" CONTENT "${text}")
    install(FILES "${file}" DESTINATION lib/systemd/${manager}
      COMPONENT ${component} ${left_out})
  endforeach()
  # Drop-ins that an administrator chooses.
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/deploy/systemd"
    DESTINATION "${shared_data}" COMPONENT ${component} ${left_out}
    FILES_MATCHING PATTERN "*.conf" PATTERN "*.conf.example")
endforeach()

# ---- for the container image only

add_executable(healthcheck deploy/healthcheck/healthcheck.cpp)
target_link_libraries(healthcheck PRIVATE options)
set_target_properties(healthcheck PROPERTIES
  OUTPUT_NAME openclaw-lock-healthcheck)
install(TARGETS healthcheck COMPONENT image EXCLUDE_FROM_ALL)

# ---- .deb

set(OPENCLAW_LOCK_MAINTAINER
  "openclaw-lock-exporter maintainers <openclaw-lock-exporter@users.noreply.github.com>"
  CACHE STRING "Maintainer that packages name")
if(EXISTS /etc/os-release)
  file(STRINGS /etc/os-release release REGEX "^VERSION_ID=")
  string(REGEX REPLACE "^VERSION_ID=|\"" "" release "${release}")
endif()
# A Debian that is upgraded takes the package of the newer release: ~deb13u1 is
# above ~deb12u1.
set(CPACK_DEBIAN_PACKAGE_RELEASE "1~deb${release}u1")
set(deb_version "${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}")
set(debian "${PROJECT_SOURCE_DIR}/deploy/debian")
set(changelog "${PROJECT_BINARY_DIR}/debian/changelog.Debian.gz")
add_custom_command(
  OUTPUT "${changelog}" "${PROJECT_BINARY_DIR}/debian/changelog.gz"
  COMMAND ${CMAKE_COMMAND} -E make_directory "${PROJECT_BINARY_DIR}/debian"
  COMMAND "${debian}/changelog.sh" "${PROJECT_SOURCE_DIR}/CHANGELOG.md"
    ${deb_version} ${OPENCLAW_LOCK_MAINTAINER} ${epoch} > "${PROJECT_BINARY_DIR}/debian/changelog"
  COMMAND gzip -9nc "${PROJECT_BINARY_DIR}/debian/changelog" > "${changelog}"
  COMMAND gzip -9nc "${PROJECT_SOURCE_DIR}/CHANGELOG.md"
    > "${PROJECT_BINARY_DIR}/debian/changelog.gz"
  DEPENDS "${debian}/changelog.sh" "${PROJECT_SOURCE_DIR}/CHANGELOG.md" VERBATIM)
add_custom_target(debian_files ALL DEPENDS "${changelog}")
install(FILES "${changelog}" "${PROJECT_BINARY_DIR}/debian/changelog.gz"
  "${debian}/copyright" DESTINATION "${CMAKE_INSTALL_DOCDIR}"
  COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES "${debian}/default" DESTINATION /etc/default
  RENAME openclaw-lock-exporter COMPONENT debian EXCLUDE_FROM_ALL)

# ---- release tarball: the binary and the libraries it needs but for glibc

if(OPENCLAW_LOCK_PORTABLE)
  add_executable(portable exporter/main.cpp)
  target_link_libraries(portable PRIVATE exporter)
  # RPATH, not RUNPATH: it holds for what the libraries need, too.
  target_link_options(portable PRIVATE -Wl,--disable-new-dtags)
  set_target_properties(portable PROPERTIES
    OUTPUT_NAME openclaw-lock-exporter
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/portable"
    INSTALL_RPATH "$ORIGIN/../lib/openclaw-lock-exporter")
  install(TARGETS portable
    RUNTIME_DEPENDENCIES
      PRE_EXCLUDE_REGEXES "^ld-linux" "^lib(c|m|dl|rt|pthread|resolv)\\.so"
    RUNTIME COMPONENT portable EXCLUDE_FROM_ALL
    LIBRARY DESTINATION lib/openclaw-lock-exporter COMPONENT portable
      EXCLUDE_FROM_ALL)
  # Their licences ask to go with them.
  install(CODE "
    execute_process(COMMAND \"${PROJECT_SOURCE_DIR}/deploy/library_licences.sh\"
      \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/lib/openclaw-lock-exporter\"
      \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DOCDIR}/libraries\"
      COMMAND_ERROR_IS_FATAL ANY)"
    COMPONENT portable EXCLUDE_FROM_ALL)
  # Of what is built in.
  install(FILES "${debian}/copyright" DESTINATION "${CMAKE_INSTALL_DOCDIR}"
    COMPONENT portable EXCLUDE_FROM_ALL)
  install(FILES LICENSE README.md CHANGELOG.md DESTINATION .
    COMPONENT portable EXCLUDE_FROM_ALL)
endif()

# ---- CPack

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_DIRECTORY "${PROJECT_BINARY_DIR}/packages")
set(CPACK_PACKAGE_NAME openclaw-lock-exporter)
set(CPACK_PACKAGE_VENDOR openclaw-lock-exporter)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_CONTACT "${OPENCLAW_LOCK_MAINTAINER}")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
  WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Tells Prometheus when OpenClaw gateways hang on their session locks: lock
files, their age and holders, runs that failed because a lock was not had in
time, duplicate gateways, and how long gateways wait for their disk.
.
It finds the state directories of OpenClaw by itself and only reads them.")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# procps: the unit reloads by /bin/kill. SHLIBDEPS adds the libraries of the
# Debian that it is built on.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, procps")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  "${debian}/conffiles;${debian}/postinst;${debian}/prerm;${debian}/postrm")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_OPENCLAW_LOCK_ARCHITECTURE "${CMAKE_SYSTEM_PROCESSOR}")
set(CPACK_PROJECT_CONFIG_FILE "${PROJECT_SOURCE_DIR}/deploy/cpack_generators.cmake")
include(CPack)
