// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/start.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "exporter/system/log.h"

namespace openclaw_lock {

std::string places_of(const Settings& settings) {
  std::string places;
  const auto add = [&](const std::string& place) {
    if (place.empty()) return;
    if (!places.empty()) places += ", ";
    places += place;
  };
  if (settings.collect_logs) add(settings.storage_path.native());
  add(settings.textfile_path.native());
  if (!settings.once)
    for (const auto& address : settings.listen) add(address.unix_path);
  return places.empty() ? "the system" : places;
}

std::shared_ptr<LogStorage> open_storage(const Settings& settings) {
  auto storage =
      LogStorage::open(settings.collect_logs ? settings.storage_path : "");
  if (storage) return *std::move(storage);
  log::error("cannot use storage.path", {{"path", storage.problem().where},
                                         {"reason", storage.problem().detail}});
  leave(1);
}

void leave(int exit_code) {
  log::flush();
  std::fflush(stdout);
  ::_exit(exit_code);
}

}  // namespace openclaw_lock
