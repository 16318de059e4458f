// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "tests/e2e/log_writer/options.h"
#include "tests/e2e/log_writer/random.h"

namespace openclaw_lock {

enum class Level { info = 3, warn = 4, error = 5 };

/// One record of OpenClaw's, and what the exporter must make of it.
struct Record {
  Level level = Level::info;
  std::string_view subsystem;  ///< empty: text that something printed
  std::string message;
  std::string_view event = {};    ///< label value; empty: none of the catalogue
  std::string_view filling = {};  ///< follows the message; needs no escapes
  std::string_view incident_agent = {};
  std::string_view incident_kind = {};  ///< label value; empty: no incident
  bool is_forgery = false;
};

/// Invents records. In a thousand beginnings 6 are failed runs (two or three
/// records, the second is the incident), 10 other events, 6 forgeries; the rest
/// is chatter of 300 to 3000 bytes, one in 300 of 20 kB.
class Story {
 public:
  Story(Random& random, Style style);

  Record next();

 private:
  void add_incident();
  void add_event();
  void add_forgery();
  void add_chatter();

  Random& random_;
  Style style_;
  std::string words_;
  std::deque<Record> coming_;
};

}  // namespace openclaw_lock
