// SPDX-License-Identifier: Apache-2.0
#include "core/locks/agent_labels.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;

TEST_CASE("AgentLabels: an agent is called by its name") {
  AgentLabels labels;
  CHECK(labels.label("main") == "main");
  CHECK(labels.label("") == "");
  CHECK(labels.label("main") == "main");
}

TEST_CASE("AgentLabels: 64 agents have their own, all later ones share one") {
  AgentLabels labels;
  for (int i = 0; i < 64; ++i)
    CHECK(labels.label("a" + std::to_string(i)) == "a" + std::to_string(i));
  for (int i = 64; i < 1000; ++i)
    CHECK(labels.label("a" + std::to_string(i)) == "_other");
}

TEST_CASE("AgentLabels: the first ones keep theirs for good") {
  AgentLabels labels;
  for (int i = 0; i < 70; ++i) labels.label("a" + std::to_string(i));
  CHECK(labels.label("a0") == "a0");
  CHECK(labels.label("a63") == "a63");
  CHECK(labels.label("a64") == "_other");
}

TEST_CASE("AgentLabels: an agent named _other is one of the 64") {
  AgentLabels labels;
  CHECK(labels.label("_other") == "_other");
}

TEST_CASE("AgentLabels: bytes that are no text are replaced") {
  AgentLabels labels;
  CHECK(labels.label("a\xff") == "a\xEF\xBF\xBD");
  CHECK(labels.label("a\nb") ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(labels.label(std::string(1000, 'x')).size() <= 128);
}
