// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/web_config_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <tuple>

namespace openclaw_lock {

Result<LoadedWebConfig> load_web_config(const std::filesystem::path& file) {
  LoadedWebConfig loaded;
  if (file.empty()) return loaded;
  auto config = read_web_config(file);
  if (!config) return config.problem();
  loaded.config = *std::move(config);
  if (!loaded.config.tls) return loaded;
  auto tls = TlsContext::load(*loaded.config.tls);
  if (!tls) return tls.problem();
  loaded.tls = *std::move(tls);
  return loaded;
}

std::optional<Problem> WebConfigFile::load(const std::filesystem::path& file) {
  const std::lock_guard guard{loading_};
  const auto before = std::tuple{file_, files_, prints_};
  file_ = file;
  auto problem = load_now();
  // Another file that is bad leaves nothing behind; the same one was tried.
  if (problem && file != std::get<0>(before))
    std::tie(file_, files_, prints_) = before;
  return problem;
}

std::optional<std::optional<Problem>> WebConfigFile::load_if_changed() {
  const std::lock_guard guard{loading_};
  if (file_.empty() || take_prints(files_) == prints_) return {};
  return load_now();
}

std::optional<Problem> WebConfigFile::load_now() {
  // What is in force names its files; what is not readable now, at least
  // itself. Prints come first: a change during the reading is seen later.
  std::vector<std::filesystem::path> files{file_};
  if (const auto config = read_web_config(file_); config && config->tls)
    for (const auto* source : {&config->tls->certificate, &config->tls->key,
                               &config->tls->client_ca})
      if (!source->file.empty()) files.push_back(source->file);
  auto prints = take_prints(files);
  const auto loaded = load_web_config(file_);
  files_ = std::move(files);
  prints_ = std::move(prints);
  if (!loaded) return loaded.problem();
  const std::lock_guard guard{mutex_};
  tls_ = loaded->tls;
  access_.configure(loaded->config);
  return {};
}

WebConfigFile::Prints WebConfigFile::take_prints(
    const std::vector<std::filesystem::path>& files) {
  Prints prints;
  for (const auto& file : files) {
    struct stat found {};
    constexpr std::int64_t kNanoseconds = 1000000000;
    if (::stat(file.c_str(), &found) != 0)
      prints.push_back({-1, errno});
    else
      prints.push_back(
          {static_cast<std::int64_t>(found.st_dev),
           static_cast<std::int64_t>(found.st_ino), found.st_size,
           found.st_mtim.tv_sec * kNanoseconds + found.st_mtim.tv_nsec,
           found.st_ctim.tv_sec * kNanoseconds + found.st_ctim.tv_nsec});
  }
  return prints;
}

std::shared_ptr<const TlsContext> WebConfigFile::tls() const {
  const std::lock_guard guard{mutex_};
  return tls_;
}

}  // namespace openclaw_lock
