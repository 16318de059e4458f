// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/limits.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <cerrno>
#include <new>
#include <stdexcept>
#include <system_error>

using namespace openclaw_lock;

namespace {

/// A soft limit for as long as it lives.
class Limited {
 public:
  Limited(__rlimit_resource resource, rlim_t value) : resource_{resource} {
    REQUIRE(::getrlimit(resource_, &before_) == 0);
    auto now = before_;
    now.rlim_cur = value;
    REQUIRE(::setrlimit(resource_, &now) == 0);
  }
  Limited(const Limited&) = delete;
  Limited& operator=(const Limited&) = delete;
  ~Limited() { ::setrlimit(resource_, &before_); }

 private:
  __rlimit_resource resource_;
  rlimit before_{};
};

}  // namespace

TEST_CASE("describe_error: names the limit that may be behind it") {
  const Limited files{RLIMIT_NOFILE, 200};
  CHECK(describe_error(EMFILE) ==
        "Too many open files (RLIMIT_NOFILE is 200: ulimit -n, LimitNOFILE=)");
  CHECK(describe_error(ENOENT) == "No such file or directory");
  CHECK(describe_exception(
            std::system_error{EMFILE, std::generic_category(), "epoll"}) ==
        "epoll: Too many open files (RLIMIT_NOFILE is 200: ulimit -n, "
        "LimitNOFILE=)");
}

TEST_CASE("describe_error: no limit, nothing to raise") {
  const Limited size{RLIMIT_FSIZE, RLIM_INFINITY};
  CHECK(describe_error(EFBIG) == "File too large");
  CHECK(describe_exception(std::runtime_error{"epoll"}) == "epoll");
}

TEST_CASE("describe_thread_error: a thread may want any of three") {
  const Limited few{RLIMIT_NPROC, 100};
  const auto text = describe_thread_error(EAGAIN);
  CHECK(text.starts_with(
      "Resource temporarily unavailable (RLIMIT_NPROC is 100: ulimit -u, "
      "LimitNPROC=; "));
  CHECK(text.ends_with("or the control group's pids.max: TasksMax=)"));
}

TEST_CASE("describe_exception: no memory") {
  CHECK(describe_exception(std::bad_alloc{})
            .starts_with("Cannot allocate memory"));
}
