// SPDX-License-Identifier: Apache-2.0
#include "exporter/service/service_reporter.h"

#include <algorithm>
#include <utility>

#include "exporter/system/log.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

milliseconds interval_of(const ServiceTiming& timing) {
  if (!timing.watchdog) return timing.status;
  const auto quarter = std::chrono::floor<milliseconds>(*timing.watchdog / 4);
  return std::clamp(quarter, milliseconds{1}, timing.status);
}

void report(const NotifySocket& socket, const ServiceState& state,
            const ServiceTiming& timing, const StopSignal& stop) {
  while (!state.ready())
    if (!stop.sleep(timing.until_ready)) return;
  auto told = state.status();
  socket.ready(told);
  bool lived = true;
  while (stop.sleep(interval_of(timing))) {
    if (auto status = state.status(); status != told) {
      told = std::move(status);
      socket.send("STATUS=" + told);
    }
    if (!timing.watchdog) continue;
    const bool lives = state.lives();
    if (lives) socket.send("WATCHDOG=1");
    if (lived && !lives)
      log::warn("no sign of life for the service manager's watchdog");
    lived = lives;
  }
}

}  // namespace

ServiceReporter::ServiceReporter(std::shared_ptr<const NotifySocket> socket,
                                 ServiceState state, ServiceTiming timing)
    : thread_{"service", [socket = std::move(socket), state = std::move(state),
                          timing](const StopSignal& stop) {
                report(*socket, state, timing, stop);
              }} {}

}  // namespace openclaw_lock
