// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/directories/directory_facts.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "exporter/system/file.h"

namespace openclaw_lock {

std::optional<DirectoryFacts> directory_facts(const std::string& path) {
  const UniqueFd directory{
      ::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  struct stat found {};
  if (!directory || ::fstat(directory.get(), &found) != 0) return {};
  DirectoryFacts facts{{found.st_dev, found.st_ino}, {}};
  if (auto real = path_of(directory)) facts.real_path = *std::move(real);
  return facts;
}

}  // namespace openclaw_lock
