// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/textfile_writer.h"

#include <mutex>
#include <optional>
#include <utility>

#include "exporter/system/atomic_file.h"
#include "exporter/system/clock.h"
#include "exporter/system/log.h"

namespace openclaw_lock {
namespace {

constexpr std::chrono::seconds kPatience{10};

}  // namespace

struct TextfileWriter::State {
  const std::filesystem::path file;
  const std::function<std::string()> text;

  std::mutex mutex = {};
  std::optional<MonotonicTime> writing_since = {};
  bool failing = false;  ///< and it was told

  void write() {
    const auto fresh = text();
    {
      const std::lock_guard guard{mutex};
      writing_since = monotonic_now();
    }
    const auto problem = write_atomically(file, fresh);
    const std::lock_guard guard{mutex};
    writing_since.reset();
    if (problem && !failing)
      tell(*problem);
    else if (!problem && failing)
      log::info("the text file is written again", {{"file", file.native()}});
    failing = problem.has_value();
  }

  static void tell(const Problem& problem) {
    log::error("cannot write the text file",
               {{"file", problem.where}, {"reason", problem.detail}});
  }
};

TextfileWriter::TextfileWriter(std::filesystem::path file,
                               std::chrono::milliseconds interval,
                               std::function<std::string()> text)
    : state_{new State{std::move(file), std::move(text)}},
      thread_{"textfile", [state = state_, interval](const StopSignal& stop) {
                do state->write();
                while (stop.sleep(interval));
              }} {}

void TextfileWriter::tell_hang() {
  const std::lock_guard guard{state_->mutex};
  const auto& since = state_->writing_since;
  if (state_->failing || !since || monotonic_now() - *since < kPatience) return;
  State::tell({Fault::timeout, state_->file.native(), "does not answer"});
  state_->failing = true;
}

}  // namespace openclaw_lock
