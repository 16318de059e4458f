// SPDX-License-Identifier: Apache-2.0
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <iostream>

namespace openclaw_lock {
namespace {

/// Prints what run_part.sh reads. doctest's own summary takes the cases outside
/// of --first and --last for passed ones.
class CaseCount : public doctest::IReporter {
 public:
  explicit CaseCount(const doctest::ContextOptions&) {}

  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {
    std::cout << "cases: " << passed_ << " passed, " << failed_ << " failed, "
              << skipped_ << " skipped" << std::endl;
  }
  void test_case_start(const doctest::TestCaseData&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
    ++(stats.failure_flags == 0 ? passed_ : failed_);
  }
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData& test_case) override {
    if (test_case.m_skip) ++skipped_;
  }

 private:
  unsigned passed_ = 0;
  unsigned failed_ = 0;
  unsigned skipped_ = 0;
};

REGISTER_LISTENER("case_count", 1, CaseCount);

}  // namespace
}  // namespace openclaw_lock
