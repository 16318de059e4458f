// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>
#include <system_error>

namespace openclaw_lock {

/// One thing of a TempTree. `{"a/b", "text"}` is a file.
struct TreeEntry {
  enum class Kind { file, directory, symlink, fifo };

  TreeEntry(std::string path_, std::string content_, mode_t mode_ = 0644)
      : path{std::move(path_)}, content{std::move(content_)}, mode{mode_} {}

  static TreeEntry directory(std::string path, mode_t mode = 0755) {
    TreeEntry entry{std::move(path), "", mode};
    entry.kind = Kind::directory;
    return entry;
  }
  static TreeEntry symlink(std::string path, std::string target) {
    TreeEntry entry{std::move(path), std::move(target)};
    entry.kind = Kind::symlink;
    return entry;
  }
  static TreeEntry fifo(std::string path, mode_t mode = 0644) {
    TreeEntry entry{std::move(path), "", mode};
    entry.kind = Kind::fifo;
    return entry;
  }

  std::string path;     ///< below the tree's root; parents are made as needed
  std::string content;  ///< of a file; target of a symbolic link
  mode_t mode = 0644;
  Kind kind = Kind::file;
};

/// A directory of its own for one test, removed with all below it.
class TempTree {
 public:
  TempTree(std::initializer_list<TreeEntry> entries = {}) {
    auto pattern =
        (std::filesystem::temp_directory_path() / "tree.XXXXXX").string();
    if (!::mkdtemp(pattern.data())) fail("mkdtemp");
    root_ = std::filesystem::canonical(pattern);
    for (const auto& entry : entries) add(entry);
  }
  TempTree(const TempTree&) = delete;
  TempTree& operator=(const TempTree&) = delete;
  ~TempTree() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  const std::filesystem::path& root() const { return root_; }
  std::string path(const std::string& below) const {
    return (root_ / below).string();
  }

  /// Makes one entry; a file that is there is written anew, in place.
  void add(const TreeEntry& entry) {
    const auto path = root_ / entry.path;
    if (entry.kind == TreeEntry::Kind::directory) {
      std::filesystem::create_directories(path);
    } else {
      std::filesystem::create_directories(path.parent_path());
    }
    if (entry.kind == TreeEntry::Kind::symlink) {
      std::filesystem::create_symlink(entry.content, path);
      return;
    }
    if (entry.kind == TreeEntry::Kind::fifo &&
        ::mkfifo(path.c_str(), entry.mode) != 0)
      fail("mkfifo");
    if (entry.kind == TreeEntry::Kind::file) {
      std::ofstream file{path, std::ios::binary};
      file << entry.content;
      if (!file.flush()) fail("write");
    }
    if (::chmod(path.c_str(), entry.mode) != 0) fail("chmod");
  }

  void remove(const std::string& below) const {
    std::filesystem::remove_all(root_ / below);
  }

 private:
  static void fail(const char* what) {
    throw std::system_error{errno, std::generic_category(), what};
  }

  std::filesystem::path root_;
};

}  // namespace openclaw_lock
