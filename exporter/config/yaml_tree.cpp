// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <sstream>

namespace openclaw_lock {
namespace {

constexpr std::size_t kLargestText = 1U << 20U;
constexpr std::size_t kMostNodes = 20000;
constexpr std::size_t kDeepestLevel = 32;

/// Thrown through the parser, which has no other way to be stopped.
struct Refusal {
  int line;
  const char* reason;
};

int line_of(const YAML::Mark& mark) { return mark.line + 1; }

/// Builds the tree from events: an alias is seen before it is expanded, and a
/// level before the parser goes into it.
class TreeBuilder final : public YAML::EventHandler {
 public:
  YamlNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0)
      throw Refusal{line_of(mark), "a second document; one is expected"};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(make(YamlNode::Kind::null, mark, "?", anchor));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refusal{line_of(mark), "anchors and aliases are not supported"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag,
                YAML::anchor_t anchor, const std::string& value) override {
    auto node = make(YamlNode::Kind::scalar, mark, tag, anchor);
    node.text = value;
    node.quoted = tag == "!";
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(make(YamlNode::Kind::list, mark, tag, anchor));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag,
                  YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(make(YamlNode::Kind::map, mark, tag, anchor));
  }
  void OnMapEnd() override { close(); }

 private:
  YamlNode make(YamlNode::Kind kind, const YAML::Mark& mark,
                const std::string& tag, YAML::anchor_t anchor) {
    const int line = line_of(mark);
    if (anchor != YAML::NullAnchor)
      throw Refusal{line, "anchors and aliases are not supported"};
    if (!tag.empty() && tag != "?" && tag != "!")
      throw Refusal{line, "tags are not supported"};
    if (++nodes_ > kMostNodes) throw Refusal{line, "too many values"};
    YamlNode node;
    node.kind = kind;
    node.line = line;
    return node;
  }

  void open(YamlNode node) {
    if (open_.size() == kDeepestLevel) throw Refusal{node.line, "too deep"};
    open_.push_back(std::move(node));
  }

  void close() {
    auto node = std::move(open_.back());
    open_.pop_back();
    add(std::move(node));
  }

  /// A value that is not there has the line of its key, not of what follows.
  void add(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& parent = open_.back();
    if (node.kind == YamlNode::Kind::null &&
        parent.kind == YamlNode::Kind::map && parent.children.size() % 2 == 1)
      node.line = parent.children.back().line;
    parent.children.push_back(std::move(node));
  }

  YamlNode root_;
  std::vector<YamlNode> open_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

Problem refuse(const std::string& file_name, int line, std::string reason) {
  auto where = line > 0 ? file_name + ':' + std::to_string(line) : file_name;
  return {Fault::malformed, std::move(where), std::move(reason)};
}

Result<YamlNode> build_tree(std::string_view text,
                            const std::string& file_name) {
  try {
    // The parser takes an open quote for a closed one where the text ends at
    // the begin of a line: with a comment there it does not.
    std::istringstream stream{std::string{text} + "\n#"};
    YAML::Parser parser{stream};
    TreeBuilder builder;
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take_root();
  } catch (const Refusal& refusal) {
    return refuse(file_name, refusal.line, refusal.reason);
  } catch (const YAML::Exception& error) {
    return refuse(file_name, line_of(error.mark), "not YAML: " + error.msg);
  } catch (const std::exception& error) {
    return refuse(file_name, 0, error.what());
  }
}

}  // namespace

Result<YamlNode> parse_yaml(std::string_view text,
                            const std::string& file_name) {
  if (text.size() > kLargestText)
    return Problem{Fault::too_big, file_name, "over 1 MiB"};
  // 0xFE and 0xFF are in no UTF-8, but begin a text of UTF-16.
  const auto* const bad = std::ranges::find_if(text, [](char c) {
    return c == '\0' || static_cast<unsigned char>(c) >= 0xFE;
  });
  if (bad == text.end()) return build_tree(text, file_name);
  const auto line = 1 + std::count(text.begin(), bad, '\n');
  return refuse(file_name, static_cast<int>(line),
                *bad == '\0' ? "a NUL byte" : "not UTF-8");
}

}  // namespace openclaw_lock
