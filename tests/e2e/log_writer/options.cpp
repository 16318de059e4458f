// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/log_writer/options.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <system_error>

namespace openclaw_lock {
namespace {

std::uint64_t to_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end)
    throw std::invalid_argument{"no number: " + std::string{text}};
  return value;
}

template <typename Enum, typename Names>
Enum to_enum(std::string_view text, const Names& names) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end())
    throw std::invalid_argument{"unknown value: " + std::string{text}};
  return static_cast<Enum>(found - names.begin());
}

std::vector<Mode> to_modes(std::string_view text) {
  std::vector<Mode> modes;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(','));
    modes.push_back(to_enum<Mode>(word, kModes));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return modes;
}

void take_option(Options& options, std::string_view name,
                 std::string_view value) {
  if (name == "--records") {
    options.records = to_number(value);
  } else if (name == "--seed") {
    options.seed = to_number(value);
  } else if (name == "--rotate-bytes") {
    options.rotate_bytes = to_number(value);
  } else if (name == "--keep") {
    options.keep = std::max<std::uint64_t>(1, to_number(value));
  } else if (name == "--style") {
    options.style = to_enum<Style>(value, kStyles);
  } else if (name == "--modes") {
    options.modes = to_modes(value);
  } else if (name == "--pause-file") {
    options.pause_file = value;
  } else {
    throw std::invalid_argument{"unknown option: " + std::string{name}};
  }
}

}  // namespace

Options to_options(const std::vector<std::string_view>& arguments) {
  Options options;
  for (const auto argument : arguments) {
    const auto equals = argument.find('=');
    if (argument.starts_with("--") && equals != argument.npos) {
      take_option(options, argument.substr(0, equals),
                  argument.substr(equals + 1));
    } else if (!argument.starts_with("--") && options.directory.empty()) {
      options.directory = argument;
    } else {
      throw std::invalid_argument{"not understood: " + std::string{argument}};
    }
  }
  if (options.directory.empty() || options.records == 0)
    throw std::invalid_argument{"DIR and --records are needed"};
  if (options.style != Style::file_log &&
      std::find(options.modes.begin(), options.modes.end(), Mode::daily) !=
          options.modes.end())
    throw std::invalid_argument{"only the file log is daily"};
  if (options.modes.empty()) options.rotate_bytes = 0;
  return options;
}

}  // namespace openclaw_lock
