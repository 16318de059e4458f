// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace openclaw_lock {

enum class Style { file_log, docker, console };
enum class Mode { numbered, rename, copytruncate, daily };

inline constexpr std::array<std::string_view, 3> kStyles{"file_log", "docker",
                                                         "console"};
inline constexpr std::array<std::string_view, 4> kModes{
    "numbered", "rename", "copytruncate", "daily"};

/// As the head of log_writer.cpp says.
struct Options {
  std::filesystem::path directory;
  std::uint64_t records = 0;
  std::uint64_t seed = 1;
  std::uint64_t rotate_bytes = 0;
  std::uint64_t keep = 5;
  Style style = Style::file_log;
  std::vector<Mode> modes;
  std::string pause_file;
};

/// Throws std::invalid_argument.
Options to_options(const std::vector<std::string_view>& arguments);

}  // namespace openclaw_lock
