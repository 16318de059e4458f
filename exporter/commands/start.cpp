// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/start.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "exporter/system/log.h"

namespace openclaw_lock {

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
