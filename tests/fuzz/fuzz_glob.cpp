// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/base/text.h"
#include "core/gateways/gateway_name.h"
#include "core/gateways/glob_capture.h"

namespace {

/// The path is the pattern with each `*` replaced by its capture.
bool restores(std::string_view pattern, std::string_view name,
              const std::vector<std::string>& captures) {
  std::string restored;
  auto capture = captures.begin();
  for (const char c : pattern) {
    if (c == '*')
      restored += *capture++;
    else
      restored += c;
  }
  return restored == name;
}

/// The rule without its clever order, for names of one-byte characters.
bool matches_slowly(std::string_view pattern, std::string_view name) {
  std::vector<bool> reached(name.size() + 1, false);
  reached[0] = true;
  for (const char c : pattern) {
    std::vector<bool> next(name.size() + 1, false);
    for (std::size_t n = 0; n <= name.size(); ++n) {
      if (c == '*')
        next[n] = reached[n] || (n > 0 && next[n - 1]);
      else if (n > 0 && reached[n - 1])
        next[n] = c == '?' || c == name[n - 1];
    }
    reached = next;
  }
  return reached[name.size()];
}

bool is_plain(std::string_view name) {
  return !name.starts_with('.') && std::ranges::all_of(name, [](char c) {
    return static_cast<unsigned char>(c) < 0x80;
  });
}

void check_glob(std::string_view pattern, std::string_view name) {
  using namespace openclaw_lock;
  std::vector<std::string> captures;
  const bool matches = match_component(pattern, name, captures);
  if (is_plain(name) && matches != matches_slowly(pattern, name)) std::abort();
  if (matches) {
    const auto stars = std::ranges::count(pattern, '*');
    if (captures.size() != static_cast<std::size_t>(stars)) std::abort();
    if (pattern.find('?') == std::string_view::npos &&
        !restores(pattern, name, captures))
      std::abort();
  } else if (!captures.empty()) {
    std::abort();
  }
  const auto whole = match_glob(pattern, name);
  if (whole) (void)expand_captures(pattern, *whole);
}

void check_name(std::string_view state_dir) {
  using namespace openclaw_lock;
  std::set<std::string> taken;
  for (int i = 0; i < 4; ++i) {
    const auto name = choose_gateway_name(state_dir, taken);
    if (name.empty() || name.size() > 128 || to_label_text(name) != name ||
        !taken.insert(name).second)
      std::abort();
  }
}

}  // namespace

/// The bytes before the first line end are a pattern, those after it a path.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto end = std::min(text.find('\n'), text.size());
  check_glob(text.substr(0, end), text.substr(std::min(end + 1, text.size())));
  check_name(text);
  return 0;
}
