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

constexpr std::string_view kLongestSuffix = "_bucket";

char* write(char* to, std::string_view text) {
  return std::ranges::copy(text, to).out;
}

void append_labels(std::string& out, MetricLabels labels) {
  char before = '{';
  for (const auto& [name, value] : labels) {
    out += before;
    out.append(name).append("=\"");
    append_escaped(out, value, Quotes::escape);
    out += '"';
    before = ',';
  }
  if (labels.size() > 0) out += '}';
}

}  // namespace

ExpositionWriter::ExpositionWriter(ExpositionFormat format,
                                   std::size_t expected_bytes)
    : format_{format} {
  out_.reserve(expected_bytes);
}

void ExpositionWriter::begin(const MetricHead& head) {
  begin_group();
  head_ = head;
  head_written_ = false;
}

void ExpositionWriter::begin_group() {
  if (!in_order_) sort_samples();
  samples_.clear();
  in_order_ = true;
}

void ExpositionWriter::write_head() {
  head_written_ = true;
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
  if (!head_written_) write_head();
  labels_.clear();
  append_labels(labels_, labels);
  Sample sample;
  sample.begin = out_.size();
  return sample;
}

/// Of one line at most.
std::size_t ExpositionWriter::line_bytes() const {
  return head_.name.size() + kLongestSuffix.size() + labels_.size() +
         kMaxNumberBytes + std::string_view{" \n"}.size();
}

template <typename Number>
char* ExpositionWriter::write_line(char* to, std::string_view suffix,
                                   Number value) const {
  to = write(to, head_.name);
  to = write(to, suffix);
  to = write(to, labels_);
  *to++ = ' ';
  to = write_number(to, value);
  *to++ = '\n';
  return to;
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

template <typename Number>
void ExpositionWriter::add_number(MetricLabels labels, Number value) {
  auto sample = begin_sample(labels);
  out_.resize(sample.begin + line_bytes());
  auto* const begin = out_.data() + sample.begin;
  const auto* const end = write_line(begin, {}, value);
  out_.resize(sample.begin + static_cast<std::size_t>(end - begin));
  sample.labels = sample.begin + head_.name.size();
  end_sample(sample);
}

void ExpositionWriter::add(MetricLabels labels, double value) {
  if (head_.type == MetricType::counter && !(value >= 0)) return;
  add_number(labels, value);
}

void ExpositionWriter::add_count(MetricLabels labels, std::uint64_t value) {
  add_number(labels, value);
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
  std::string begin{head_.name};
  begin += "_bucket";
  begin += labels_.empty() ? "{" : labels_;
  if (!labels_.empty()) begin.back() = ',';

  std::size_t bytes = 2 * line_bytes();
  for (const auto& bound : bound_labels_)
    bytes += begin.size() + bound.size() + kMaxNumberBytes + 1;
  out_.resize(sample.begin + bytes);
  auto* const block = out_.data() + sample.begin;
  auto* to = block;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < bound_labels_.size(); ++i) {
    count += buckets[i];
    to = write(to, begin);
    to = write(to, bound_labels_[i]);
    to = write_number(to, count);
    *to++ = '\n';
  }
  sample.labels = sample.begin + static_cast<std::size_t>(to - block) +
                  head_.name.size() + std::string_view{"_sum"}.size();
  to = write_line(to, "_sum", sum);
  to = write_line(to, "_count", count);
  out_.resize(sample.begin + static_cast<std::size_t>(to - block));
  end_sample(sample);
}

void ExpositionWriter::sort_samples() {
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
  begin_group();
  if (format_ == ExpositionFormat::openmetrics_1_0_0) out_ += "# EOF\n";
  return std::move(out_);
}

}  // namespace openclaw_lock
