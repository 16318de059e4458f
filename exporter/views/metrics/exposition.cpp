// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/exposition.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "exporter/views/metrics/metric.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kUsualBytes = 24 << 10;
constexpr std::size_t kUsualGatewayBytes = 10 << 10;

constexpr Metrics (*kSubjects[])() = {
#define READER(name) name##_metrics,
#include "core/fleet/readers.def"
    source_metrics, exporter_metrics};

std::vector<Metric> collect_metrics() {
  std::vector<Metric> all;
  for (const auto metrics_of : kSubjects) {
    const auto metrics = metrics_of();
    all.insert(all.end(), metrics.begin(), metrics.end());
  }
  std::ranges::sort(all, {}, [](const Metric& one) { return one.head.name; });
  return all;
}

/// The gateways by name. Of two whose names are one as a label the first.
std::vector<GatewayView> by_name(const FleetSnapshot& snapshot,
                                 const FleetVerdicts& verdicts) {
  std::vector<GatewayView> gateways;
  gateways.reserve(snapshot.gateways.size());
  std::set<std::string> taken;
  for (std::size_t i = 0; i < snapshot.gateways.size(); ++i) {
    std::string label;
    append_escaped(label, snapshot.gateways[i].name, Quotes::escape);
    if (taken.insert(std::move(label)).second)
      gateways.push_back({&snapshot.gateways[i], &verdicts.gateways[i]});
  }
  std::ranges::sort(gateways, {}, [](const GatewayView& gateway) {
    return std::string_view{gateway.facts->name};
  });
  return gateways;
}

}  // namespace

Metrics all_metrics() {
  static const std::vector<Metric> all = collect_metrics();
  return all;
}

std::string write_metrics(Metrics metrics, const FleetSnapshot& snapshot,
                          const FleetVerdicts& verdicts,
                          ExpositionFormat format) {
  const auto gateways = by_name(snapshot, verdicts);
  ExpositionWriter out{format,
                       kUsualBytes + gateways.size() * kUsualGatewayBytes};
  for (const auto& metric : metrics) {
    out.begin(metric.head);
    if (metric.of_fleet) metric.of_fleet(snapshot, out);
    if (!metric.of_gateway) continue;
    for (const auto& gateway : gateways) {
      metric.of_gateway(gateway, out);
      out.begin_group();
    }
  }
  return std::move(out).finish();
}

std::string write_exposition(const FleetSnapshot& snapshot,
                             const FleetVerdicts& verdicts,
                             ExpositionFormat format) {
  return write_metrics(all_metrics(), snapshot, verdicts, format);
}

}  // namespace openclaw_lock
