// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "core/fleet/snapshot.h"
#include "exporter/config/settings.h"
#include "exporter/fleet/gateway_discovery.h"
#include "exporter/readers/disk/disk_tables.h"
#include "exporter/readers/gateways/wal_locks.h"
#include "exporter/readers/logs/pattern_lister.h"
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
  virtual void show(GatewaySnapshot& snapshot) const = 0;
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
  std::shared_ptr<DiskTables> disks;

  /// Outlives the scheduler.
  MountViews mount_views() const;
};

/// Makes a collector; null where the settings do not want it.
using MakeCollector = std::unique_ptr<Collector> (*)(const WatchedGateway&,
                                                     const CollectorContext&);

// A file each in collectors/:
std::unique_ptr<Collector> collect_locks(const WatchedGateway& gateway,
                                         const CollectorContext& context);
std::unique_ptr<Collector> collect_logs(const WatchedGateway& gateway,
                                        const CollectorContext& context);
std::unique_ptr<Collector> collect_processes(const WatchedGateway& gateway,
                                             const CollectorContext& context);
std::unique_ptr<Collector> collect_disk(const WatchedGateway& gateway,
                                        const CollectorContext& context);
std::unique_ptr<Collector> probe_disk(const WatchedGateway& gateway,
                                      const CollectorContext& context);

/// All of them, in the order in which they are made.
inline constexpr MakeCollector kCollectors[] = {
    collect_locks, collect_logs, collect_processes, collect_disk, probe_disk,
};

/// A collector that is one task. `TaskType` is a SourceTask.
template <typename TaskType>
class TaskCollector : public Collector {
 public:
  using Show = void (*)(const TaskType& task, GatewaySnapshot& snapshot);
  using Watch = void (*)(TaskType& task, const WatchedGateway& gateway);

  /// `make` gets the task's number.
  template <typename Make>
  TaskCollector(std::shared_ptr<Scheduler> scheduler, const Make& make,
                Show show_it, Watch watch_it = nullptr)
      : scheduler_{std::move(scheduler)}, show_{show_it}, watch_{watch_it} {
    id_ = scheduler_->add([&](TaskId id) { return task_ = make(id); });
    moves_ = !task_->home().empty();
  }
  ~TaskCollector() override { scheduler_->remove(id_); }

  void watch(const WatchedGateway& gateway) override {
    if (moves_) task_->move_home(gateway.home);
    if (watch_) watch_(*task_, gateway);
  }
  bool settled() const override { return task_->source().health().settled; }
  void show(GatewaySnapshot& snapshot) const override {
    show_(*task_, snapshot);
  }

 private:
  std::shared_ptr<Scheduler> scheduler_;
  std::shared_ptr<TaskType> task_;
  Show show_;
  Watch watch_;
  TaskId id_ = 0;
  bool moves_ = false;  ///< it lies where the state dir does
};

}  // namespace openclaw_lock
