// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/access/web_config_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace openclaw_lock {

WebConfigFile::Read WebConfigFile::read(const std::filesystem::path& file,
                                        const Reading& reading) {
  Read read;
  read.tried.file = file;
  read_into(read, reading);
  read.tried.good = !read.problem;
  return read;
}

void WebConfigFile::read_into(Read& read, const Reading& reading) {
  const auto& file = read.tried.file;
  if (file.empty()) return;
  // Prints come before what they are of is read: a change meanwhile is seen
  // later.
  follow(file, read.tried, reading);
  auto config = read_web_config(file);
  if (!config) {
    read.problem = config.problem();
    return;
  }
  read.config = *std::move(config);
  const auto& tls = read.config.tls;
  if (!tls) return;
  if ((read.problem = find_unsupported({}, true))) return;
  for (const auto* source : {&tls->certificate, &tls->key, &tls->client_ca})
    if (!source->file.empty()) follow(source->file, read.tried, reading);
  auto loaded = TlsContext::load(*tls);
  if (loaded)
    read.tls = *std::move(loaded);
  else
    read.problem = loaded.problem();
}

std::optional<WebConfigFile::Read> WebConfigFile::read_if_changed(
    const Tried& tried) {
  Tried now;
  for (const auto& file : tried.files) follow(file, now, {});
  if (tried.file.empty() || now.prints == tried.prints) return {};
  return read(tried.file);
}

std::optional<Problem> WebConfigFile::take(Read read) {
  const std::lock_guard guard{mutex_};
  return take_locked(std::move(read));
}

std::optional<Problem> WebConfigFile::take_again(Read read) {
  const std::lock_guard guard{mutex_};
  if (read.tried.file != tried_.file) return {};
  return take_locked(std::move(read));
}

std::optional<Problem> WebConfigFile::take_locked(Read read) {
  // Another file that is bad leaves nothing behind; the same one was tried.
  if (!read.problem || read.tried.file == tried_.file)
    tried_ = std::move(read.tried);
  if (read.problem) return std::move(read.problem);
  tls_ = std::move(read.tls);
  access_.configure(read.config);
  return {};
}

WebConfigFile::Tried WebConfigFile::tried() const {
  const std::lock_guard guard{mutex_};
  return tried_;
}

std::optional<Problem> WebConfigFile::load(const std::filesystem::path& file,
                                           const Reading& reading) {
  return take(read(file, reading));
}

std::optional<std::optional<Problem>> WebConfigFile::load_if_changed() {
  auto changed = read_if_changed(tried());
  if (!changed) return {};
  return take_again(*std::move(changed));
}

void WebConfigFile::follow(const std::filesystem::path& file, Tried& tried,
                           const Reading& reading) {
  if (reading) reading(file);
  tried.files.push_back(file);
  tried.prints.push_back(take_print(file));
}

WebConfigFile::Print WebConfigFile::take_print(
    const std::filesystem::path& file) {
  constexpr std::int64_t kNanoseconds = 1000000000;
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return {-1, errno};
  return {static_cast<std::int64_t>(found.st_dev),
          static_cast<std::int64_t>(found.st_ino), found.st_size,
          found.st_mtim.tv_sec * kNanoseconds + found.st_mtim.tv_nsec,
          found.st_ctim.tv_sec * kNanoseconds + found.st_ctim.tv_nsec};
}

std::shared_ptr<const TlsContext> WebConfigFile::tls() const {
  const std::lock_guard guard{mutex_};
  return tls_;
}

}  // namespace openclaw_lock
