// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/exposition_writer.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace openclaw_lock {
namespace {

constexpr auto kInfinity = std::numeric_limits<double>::infinity();

std::string_view to_word(MetricType type) {
  switch (type) {
    case MetricType::counter:
      return "counter";
    case MetricType::gauge:
      return "gauge";
    case MetricType::histogram:
      return "histogram";
  }
  return "unknown";
}

void append_labels(std::string& out, MetricLabels labels) {
  bool first = true;
  for (const auto& [name, value] : labels) {
    if (!first) out += ',';
    first = false;
    out.append(name).append("=\"");
    append_escaped(out, value, Quotes::escape);
    out += '"';
  }
}

}  // namespace

ExpositionWriter::ExpositionWriter(ExpositionFormat format,
                                   std::size_t expected_bytes)
    : format_{format} {
  out_.reserve(expected_bytes);
}

void ExpositionWriter::begin(const MetricHead& head) {
  sort_samples();
  samples_.clear();
  in_order_ = true;
  head_ = head;
}

void ExpositionWriter::write_head() {
  const bool openmetrics = format_ == ExpositionFormat::openmetrics_1_0_0;
  auto name = head_.name;
  if (openmetrics && head_.type == MetricType::counter)
    name.remove_suffix(kTotal.size());
  out_.append("# HELP ").append(name).append(" ");
  append_escaped(out_, head_.help, openmetrics ? Quotes::escape : Quotes::keep);
  out_.append("\n# TYPE ").append(name).append(" ");
  out_.append(to_word(head_.type)).append("\n");
}

ExpositionWriter::Sample ExpositionWriter::begin_sample(MetricLabels labels) {
  if (samples_.empty()) write_head();
  labels_.clear();
  append_labels(labels_, labels);
  Sample sample;
  sample.begin = out_.size();
  return sample;
}

template <typename Number>
void ExpositionWriter::write_line(std::string_view suffix, Number value,
                                  Sample& sample) {
  out_.append(head_.name).append(suffix);
  if (!labels_.empty()) out_ += '{';
  sample.labels = out_.size();
  out_ += labels_;
  if (!labels_.empty()) out_ += '}';
  out_ += ' ';
  append_number(out_, value);
  out_ += '\n';
}

void ExpositionWriter::end_sample(Sample sample) {
  sample.labels_size = labels_.size();
  sample.end = out_.size();
  if (!samples_.empty() &&
      labels_of(samples_.back()).compare(labels_of(sample)) >= 0)
    in_order_ = false;
  samples_.push_back(sample);
}

std::string_view ExpositionWriter::labels_of(const Sample& sample) const {
  return std::string_view{out_}.substr(sample.labels, sample.labels_size);
}

void ExpositionWriter::add(MetricLabels labels, double value) {
  if (head_.type == MetricType::counter && !(value >= 0)) return;
  auto sample = begin_sample(labels);
  write_line({}, value, sample);
  end_sample(sample);
}

void ExpositionWriter::add_count(MetricLabels labels, std::uint64_t value) {
  auto sample = begin_sample(labels);
  write_line({}, value, sample);
  end_sample(sample);
}

void ExpositionWriter::write_bounds(std::span<const double> bounds) {
  if (bounds_ == bounds.data()) return;
  bounds_ = bounds.data();
  bound_labels_.clear();
  const auto add = [this](double bound) {
    auto& label = bound_labels_.emplace_back("le=\"");
    append_bound(label, bound,
                 format_ == ExpositionFormat::openmetrics_1_0_0
                     ? WholeBound::with_decimal
                     : WholeBound::plain);
    label += "\"} ";
  };
  for (const auto bound : bounds) add(bound);
  add(kInfinity);
}

void ExpositionWriter::add_histogram(MetricLabels labels,
                                     std::span<const double> bounds,
                                     std::span<const std::uint64_t> buckets,
                                     double sum) {
  write_bounds(bounds);
  auto sample = begin_sample(labels);
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < bound_labels_.size(); ++i) {
    count += buckets[i];
    out_.append(head_.name).append("_bucket{").append(labels_);
    if (!labels_.empty()) out_ += ',';
    out_ += bound_labels_[i];
    append_number(out_, count);
    out_ += '\n';
  }
  write_line("_sum", sum, sample);
  write_line("_count", count, sample);
  end_sample(sample);
}

void ExpositionWriter::sort_samples() {
  if (in_order_) return;
  const auto begin = samples_.front().begin;
  std::stable_sort(samples_.begin(), samples_.end(),
                   [this](const Sample& a, const Sample& b) {
                     return labels_of(a) < labels_of(b);
                   });
  sorted_.clear();
  const Sample* before = nullptr;
  for (const auto& sample : samples_) {
    if (before && labels_of(*before) == labels_of(sample)) continue;
    before = &sample;
    sorted_.append(out_, sample.begin, sample.end - sample.begin);
  }
  out_.resize(begin);
  out_ += sorted_;
}

std::string ExpositionWriter::finish() && {
  sort_samples();
  if (format_ == ExpositionFormat::openmetrics_1_0_0) out_ += "# EOF\n";
  return std::move(out_);
}

}  // namespace openclaw_lock
