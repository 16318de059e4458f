// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace openclaw_lock {

/// Year, month, patch: of `2026.3.13`, with or without something behind it
/// (`-beta.1`); empty where a text is no version.
using OpenclawVersion = std::array<int, 3>;

std::optional<OpenclawVersion> parse_openclaw_version(std::string_view text);

/// The releases whose gateways this was tried with, by running them.
inline constexpr std::array<OpenclawVersion, 11> kTriedVersions{{
    {2026, 2, 26},
    {2026, 3, 13},
    {2026, 4, 24},
    {2026, 4, 29},
    {2026, 5, 7},
    {2026, 5, 22},
    {2026, 6, 35},
    {2026, 7, 1},
    {2026, 7, 35},
    {2026, 8, 2},
    {2026, 9, 6},
}};

inline constexpr OpenclawVersion kNewestTried = kTriedVersions.back();

/// The version of OpenClaw's package by its package.json; empty for another
/// package's.
std::string package_version(std::string_view package);

/// Newer than any that was tried: its texts and files may be others.
bool is_newer_than_tried(std::string_view version);

}  // namespace openclaw_lock
