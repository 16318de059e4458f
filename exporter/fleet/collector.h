// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "core/fleet/readings.h"
#include "exporter/config/settings.h"
#include "exporter/fleet/gateway_discovery.h"
#include "exporter/readers/disk/disk_tables.h"
#include "exporter/readers/gateways/wal_locks.h"
#include "exporter/readers/logs/foreign_events.h"
#include "exporter/readers/logs/pattern_lister.h"
#include "exporter/readers/logs/shared_places.h"
#include "exporter/sampling/census_task.h"
#include "exporter/sampling/log_storage.h"
#include "exporter/sampling/scheduler.h"
#include "exporter/sampling/shared_reading.h"
#include "exporter/system/inotify_hub.h"
#include "exporter/system/mount_view.h"

namespace openclaw_lock {

/// What reads one subject of one gateway, while it is watched.
class Collector {
 public:
  Collector() = default;
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;
  /// Ends it; what hangs is left behind.
  virtual ~Collector() = default;

  /// The gateway is described differently by now.
  virtual void watch(const WatchedGateway& /*gateway*/) {}

  /// A first round has ended, or timed out.
  virtual bool settled() const = 0;

  /// Puts in what it knows of the gateway, and how it does itself.
  virtual void show(Readings& readings) const = 0;
};

/// What collectors share.
struct CollectorContext {
  const Settings& settings;
  SourceTiming timing;
  std::shared_ptr<Scheduler> scheduler;
  std::shared_ptr<Scheduler> writing_scheduler;  ///< of tasks that write
  std::shared_ptr<InotifyHub> hub;
  std::shared_ptr<CensusSource> census;  ///< null: processes are not looked at
  std::shared_ptr<LogStorage> storage;   ///< null without logs
  std::shared_ptr<SharedReading<WalLocks>> wal_locks;
  std::shared_ptr<PatternListers> listers;
  std::shared_ptr<SharedPlaces> places;
  std::shared_ptr<ForeignEvents> foreign;  ///< of logs
  std::shared_ptr<DiskTables> disks;

  /// Outlives the scheduler.
  MountViews mount_views() const;
};

/// Makes a collector; null where the settings do not want it.
using MakeCollector = std::unique_ptr<Collector> (*)(const WatchedGateway&,
                                                     const CollectorContext&);

#define READER(name)                                  \
  std::unique_ptr<Collector> make_##name##_collector( \
      const WatchedGateway& gateway, const CollectorContext& context);
#include "core/fleet/readers.def"

/// All of them, in the order in which they are made.
inline constexpr MakeCollector kCollectors[] = {
#define READER(name) make_##name##_collector,
#include "core/fleet/readers.def"
};

/// A collector that is one task. `TaskType` is a SourceTask.
template <typename TaskType>
class TaskCollector : public Collector {
 public:
  using Watch = void (*)(TaskType& task, const WatchedGateway& gateway);

  /// `make` gets the task's number.
  template <typename Make>
  TaskCollector(SourceName source, std::shared_ptr<Scheduler> scheduler,
                const Make& make, Watch watch_it = nullptr)
      : source_{source}, scheduler_{std::move(scheduler)}, watch_{watch_it} {
    id_ = scheduler_->add([&](TaskId id) { return task_ = make(id); });
    moves_ = !task_->home().empty();
  }
  ~TaskCollector() override { scheduler_->remove(id_); }

  void watch(const WatchedGateway& gateway) override {
    if (moves_) task_->move_home(gateway.home);
    if (watch_) watch_(*task_, gateway);
  }
  bool settled() const override { return task_->source().health().settled; }
  void show(Readings& readings) const override {
    const auto facts = task_->source().latest();
    readings.put(source_, facts, task_->source().health());
  }

 private:
  const SourceName source_;
  std::shared_ptr<Scheduler> scheduler_;
  std::shared_ptr<TaskType> task_;
  Watch watch_;
  TaskId id_ = 0;
  bool moves_ = false;  ///< it lies where the state dir does
};

}  // namespace openclaw_lock
