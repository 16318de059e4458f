// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/pages/content_negotiation.h"

#include <doctest/doctest.h>

#include <string>

namespace openclaw_lock {
namespace {

constexpr auto kText = ExpositionFormat::text_0_0_4;
constexpr auto kOpenMetrics = ExpositionFormat::openmetrics_1_0_0;

TEST_CASE("choose_format: the headers of real clients") {
  CHECK(choose_format("") == kText);
  CHECK(choose_format("*/*") == kText);
  CHECK(choose_format("text/html,application/xhtml+xml,application/xml;q=0.9,"
                      "image/avif,image/webp,*/*;q=0.8") == kText);
  CHECK(choose_format("application/openmetrics-text;version=1.0.0,"
                      "application/openmetrics-text;version=0.0.1;q=0.75,"
                      "text/plain;version=0.0.4;q=0.5,*/*;q=0.1") ==
        kOpenMetrics);
  CHECK(choose_format("application/openmetrics-text; version=0.0.1,"
                      "text/plain;version=0.0.4;q=0.5,*/*;q=0.1") ==
        kOpenMetrics);
  CHECK(choose_format(
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;"
            "q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
            "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
            "text/plain;version=0.0.4;q=0.3,*/*;q=0.2") == kOpenMetrics);
  CHECK(choose_format("application/vnd.google.protobuf;"
                      "proto=io.prometheus.client.MetricFamily;"
                      "encoding=delimited,text/plain;version=0.0.4;q=0.3,"
                      "*/*;q=0.2") == kText);
}

TEST_CASE("choose_format: the heavier one wins, OpenMetrics at a tie") {
  const std::string name = "application/openmetrics-text";
  CHECK(choose_format(name) == kOpenMetrics);
  CHECK(choose_format(name + ", text/plain") == kOpenMetrics);
  CHECK(choose_format("text/plain, " + name) == kOpenMetrics);
  CHECK(choose_format(name + ";q=0.5, text/plain;q=0.6") == kText);
  CHECK(choose_format(name + ";q=0.501, text/plain;q=0.5") == kOpenMetrics);
  CHECK(choose_format(name + ";q=0.5, text/*") == kText);
  CHECK(choose_format(name + ";q=0.5, */*;q=0.9") == kText);
  CHECK(choose_format(name + ";q=0.5, text/plain;q=0.1, */*;q=0.9") ==
        kOpenMetrics);
  CHECK(choose_format(name + ";q=0") == kText);
  CHECK(choose_format(name + ";q=0.000, text/plain;q=0") == kText);
  CHECK(choose_format("application/*") == kText);
}

TEST_CASE("choose_format: versions and character sets we do not write") {
  const std::string name = "application/openmetrics-text";
  CHECK(choose_format(name + ";version=2.0.0") == kText);
  CHECK(choose_format(name + ";version=2.0.0, " + name + ";q=0.1") ==
        kOpenMetrics);
  CHECK(choose_format(name + ";charset=utf-8") == kOpenMetrics);
  CHECK(choose_format(name + ";charset=\"UTF-8\"") == kOpenMetrics);
  CHECK(choose_format(name + ";charset=utf-16") == kText);
}

TEST_CASE("choose_format: case and blanks do not matter") {
  CHECK(choose_format("\t APPLICATION/OpenMetrics-Text ; Version=1.0.0 ;\tQ=1 "
                      ", TEXT/plain;q=0.9 ,, ") == kOpenMetrics);
  CHECK(choose_format("application/openmetrics-text;version=\"1.0.0\"") ==
        kOpenMetrics);
  CHECK(choose_format("text/plain;x=\"a,b;c\\\"d\","
                      "application/openmetrics-text") == kOpenMetrics);
}

TEST_CASE("choose_format: a malformed header gets the text format") {
  const std::string name = "application/openmetrics-text";
  for (const char* rest : {"/",
                           ";",
                           ";q",
                           ";q=",
                           ";q=2",
                           ";q=1.001",
                           ";q=0.1234",
                           ";q=.5",
                           ";q=-1",
                           ";q=0,5",
                           ";q=0x1",
                           ";q=1.0.0",
                           ";q=\"1\"",
                           ";version=\"1.0.0",
                           ";version=\"1.0.0\\",
                           ";=1",
                           " text/plain",
                           ", /plain",
                           ", text/",
                           ";q=1 1",
                           "\x01",
                           ", \xff/plain"}) {
    CAPTURE(rest);
    CHECK(choose_format(name + rest) == kText);
  }
  CHECK(choose_format(std::string_view{"application/openmetrics-text\0", 29}) ==
        kText);
}

TEST_CASE("choose_format: a header over 4 KiB gets the text format") {
  const std::string name = "application/openmetrics-text";
  CHECK(choose_format(name + std::string(4096 - name.size(), ' ')) ==
        kOpenMetrics);
  CHECK(choose_format(name + std::string(4097 - name.size(), ' ')) == kText);
  CHECK(choose_format(name + std::string(1 << 20, ',')) == kText);
}

TEST_CASE("content_type: names version and character set") {
  CHECK(content_type(kText) == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(content_type(kOpenMetrics) ==
        "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

TEST_CASE("accepts_gzip: follows names, weights and the asterisk") {
  for (const char* header :
       {"gzip", "GZIP", "x-gzip", "deflate, gzip;q=0.1", "*", "identity, *",
        "gzip, *;q=0", "br;q=1.0, gzip;q=0.8, *;q=0.1"}) {
    CAPTURE(header);
    CHECK(accepts_gzip(header));
  }
  for (const char* header : {"", "identity", "deflate", "gzip;q=0",
                             "gzip;q=0.000", "*;q=0", "gzip;q=0, *", "gzipped",
                             "notgzip", "gzip;q=x", "gzip gzip", "\"gzip\""}) {
    CAPTURE(header);
    CHECK_FALSE(accepts_gzip(header));
  }
  CHECK_FALSE(accepts_gzip("gzip" + std::string(4096, ' ')));
}

}  // namespace
}  // namespace openclaw_lock
