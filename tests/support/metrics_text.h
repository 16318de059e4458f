// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "exporter/views/metrics/metric.h"

namespace openclaw_lock {

/// What the metrics of some subjects say of a snapshot, by name, in the text
/// format.
inline std::string expose(std::initializer_list<Metrics> subjects,
                          const FleetSnapshot& snapshot) {
  std::vector<Metric> metrics;
  for (const auto subject : subjects)
    metrics.insert(metrics.end(), subject.begin(), subject.end());
  std::ranges::sort(metrics, {},
                    [](const Metric& one) { return one.head.name; });
  return write_metrics(metrics, snapshot, judge(snapshot),
                       ExpositionFormat::text_0_0_4);
}

inline std::string expose(Metrics metrics, const FleetSnapshot& snapshot) {
  return expose({metrics}, snapshot);
}

/// The text without lines of comment.
inline std::string without_comments(const std::string& text) {
  std::string samples;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at) + 1;
    if (text[at] != '#') samples += text.substr(at, end - at);
    at = end;
  }
  return samples;
}

/// How many lines start so.
inline std::size_t count_lines(const std::string& text,
                               const std::string& start) {
  std::size_t found = text.starts_with(start) ? 1 : 0;
  for (auto at = text.find('\n' + start); at != std::string::npos;
       at = text.find('\n' + start, at + 1))
    if (at + 1 < text.size()) ++found;
  return found;
}

/// A line of the text is just so.
inline bool has_line(const std::string& text, const std::string& line) {
  return ('\n' + text).find('\n' + line + '\n') != std::string::npos;
}

}  // namespace openclaw_lock
