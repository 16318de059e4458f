// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/flags.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;

TEST_CASE("known_flags: each default in --help is the one of Settings") {
  const Settings standard;
  for (const auto& flag : known_flags()) {
    CAPTURE(flag.name);
    if (flag.default_text.empty()) continue;
    Settings settings;
    if (flag.is_repeatable()) flag.clear(settings);
    CHECK_FALSE(flag.apply(settings, flag.default_text));
    CHECK(settings.procfs == standard.procfs);
    CHECK(settings.sysfs == standard.sysfs);
    CHECK(settings.rootfs == standard.rootfs);
    CHECK(settings.sample_interval == standard.sample_interval);
    CHECK(settings.collect_locks == standard.collect_locks);
    CHECK(settings.collect_processes == standard.collect_processes);
    CHECK(settings.collect_logs == standard.collect_logs);
    CHECK(settings.collect_disk == standard.collect_disk);
    CHECK(settings.listen == standard.listen);
    CHECK(settings.telemetry_path == standard.telemetry_path);
    CHECK(settings.max_requests == standard.max_requests);
    CHECK(settings.disable_exporter_metrics ==
          standard.disable_exporter_metrics);
    CHECK(settings.log_level == standard.log_level);
    CHECK(settings.log_format == standard.log_format);
  }
}

TEST_CASE("help_text: every flag under its heading") {
  const auto help = help_text();
  for (const auto& flag : known_flags()) {
    CAPTURE(flag.name);
    CHECK(help.find(std::string{flag.name}) != std::string::npos);
    CHECK(help.find("\n" + std::string{flag.group} + ":\n") !=
          std::string::npos);
    CHECK(help.find(std::string{flag.description} + '\n') != std::string::npos);
  }
}

TEST_CASE("help_text: spellings") {
  const auto help = help_text();
  for (const char* line : {"  -h, --help                     Show",
                           "      --[no-]collector.locks     ",
                           "      --[no-]collector.logs      ",
                           "      --[no-]collector.disk      ",
                           "      --storage.path=DIR         ",
                           "      --openclaw.log=[NAME=]SOURCE ...\n",
                           "      --path.procfs=/proc        ",
                           "      --config.file=FILE         ",
                           "      --openclaw.state-dir=[NAME=]PATH ...\n"}) {
    CAPTURE(line);
    CHECK(help.find(line) != std::string::npos);
  }
}
