# SPDX-License-Identifier: Apache-2.0
# Read by CPack for each generator: what differs between .deb and tarball.
list(GET CPACK_INSTALL_CMAKE_PROJECTS 0 build)
list(GET CPACK_INSTALL_CMAKE_PROJECTS 1 project)
if(CPACK_GENERATOR STREQUAL "DEB")
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
  set(CPACK_INSTALL_CMAKE_PROJECTS
    "${build};${project};exporter;/;${build};${project};debian;/")
else()
  set(CPACK_PACKAGING_INSTALL_PREFIX "")
  set(CPACK_INSTALL_CMAKE_PROJECTS "${build};${project};portable;/")
  set(CPACK_PACKAGE_FILE_NAME
    "openclaw-lock-exporter-${CPACK_PACKAGE_VERSION}-linux-${CPACK_OPENCLAW_LOCK_ARCHITECTURE}")
endif()
