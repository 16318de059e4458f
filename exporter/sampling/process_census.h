// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>

#include "core/procfs/process_table.h"
#include "exporter/readers/processes/census.h"
#include "exporter/sampling/reader_thread.h"
#include "exporter/sampling/source.h"

namespace openclaw_lock {

/// Walks through /proc each interval, and earlier when a lock reader asks: what
/// is said of a lock's holder must be read after the lock. One walk serves all
/// who ask meanwhile; walks take at most a tenth of one core's time.
class ProcessCensus {
 public:
  ProcessCensus(std::filesystem::path procfs, SourceTiming timing,
                std::filesystem::path rootfs = "/");
  ~ProcessCensus();

  /// A table whose walk began after this call; null where `patience` runs out
  /// first, or the census has ended.
  std::shared_ptr<const ProcessTable> next(std::chrono::milliseconds patience);

  /// The same with what is known of OpenClaw's processes.
  std::shared_ptr<const ProcessFacts> next_facts(
      std::chrono::milliseconds patience);
  /// Of the newest look; null before the first.
  std::shared_ptr<const ProcessFacts> facts() const;

  const Source<ProcessTable>& source() const { return state_->source; }

  void request_stop();
  /// See ReaderThread::stop.
  bool stop(std::chrono::milliseconds patience);

 private:
  struct State {
    explicit State(SourceTiming timing) : source{timing} {}

    Source<ProcessTable> source;
    std::mutex mutex;
    std::condition_variable changed;
    std::uint64_t asked = 0;     ///< number of the last walk that is wanted
    std::uint64_t begun = 0;     ///< walks begun
    std::uint64_t finished = 0;  ///< walks finished
    std::uint64_t looked = 0;    ///< walks whose processes were looked at
    std::shared_ptr<const ProcessFacts> facts;
    bool stopped = false;
  };

  static void loop(State& state, const CensusSettings& settings,
                   SourceTiming timing);
  /// Waits for a walk begun after this call, until `done` has its number.
  bool wait_for(const std::uint64_t& done, std::chrono::milliseconds patience,
                std::unique_lock<std::mutex>& lock);

  std::shared_ptr<State> state_;
  ReaderThread thread_;
};

}  // namespace openclaw_lock
