// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/inotify.h"

#include <sys/inotify.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "core/base/text.h"
#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

std::atomic<int> taken = 0;

int half_of_the_limit() {
  constexpr int kUsualLimit = 128;
  const auto text =
      read_small_file("/proc/sys/fs/inotify/max_user_instances", 64);
  const auto limit = text ? parse_integer<int>(std::string_view{*text}.substr(
                                0, text->find_last_not_of('\n') + 1))
                          : std::nullopt;
  return std::max(1, limit.value_or(kUsualLimit) / 2);
}

}  // namespace

InotifySlot::InotifySlot() { ++taken; }
InotifySlot::~InotifySlot() { --taken; }

Result<std::unique_ptr<InotifySlot>> InotifySlot::take() {
  std::unique_ptr<InotifySlot> slot{new InotifySlot};
  if (taken > half_of_the_limit())
    return Problem{
        Fault::io, "inotify",
        "half of fs.inotify.max_user_instances is taken; the rest is "
        "left to others"};
  return slot;
}

Result<Inotify> Inotify::create() {
  auto slot = InotifySlot::take();
  if (!slot) return slot.problem();
  UniqueFd fd{::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
  if (!fd) return system_problem(errno, "inotify");
  return Inotify{std::move(fd), *std::move(slot)};
}

Result<int> Inotify::watch(const std::string& directory,
                           std::uint32_t mask) const {
  const int number =
      ::inotify_add_watch(fd_.get(), directory.c_str(), mask | IN_ONLYDIR);
  if (number < 0) return system_problem(errno, directory);
  return number;
}

void Inotify::remove(int watch) const { ::inotify_rm_watch(fd_.get(), watch); }

bool Inotify::drain(
    const std::function<void(const InotifyEvent&)>& visit) const {
  constexpr std::size_t kMaxEvents = 16384;
  alignas(inotify_event) std::array<char, 65536> buffer;
  for (std::size_t events = 0; events < kMaxEvents;) {
    const auto got = ::read(fd_.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    const std::string_view bytes{buffer.data(), static_cast<std::size_t>(got)};
    for (std::size_t at = 0; at + sizeof(inotify_event) <= bytes.size();) {
      inotify_event header{};
      std::memcpy(&header, bytes.data() + at, sizeof header);
      at += sizeof header;
      const auto name = bytes.substr(at, header.len);
      at += header.len;
      visit({header.wd, header.mask, name.substr(0, name.find('\0'))});
      ++events;
    }
  }
  return false;
}

}  // namespace openclaw_lock
