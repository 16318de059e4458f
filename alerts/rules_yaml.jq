# SPDX-License-Identifier: Apache-2.0
# The rules as YAML for people: expressions as blocks, keys in the order in which one reads them.
def order: ["record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"];

def entry($key; $margin):
  if type == "object" then
    "\($margin)\($key):", (keys[] as $name | "\($margin)  \($name): \(.[$name] | tojson)")
  elif $key == "expr" then
    "\($margin)\($key): |-", (split("\n")[] | "\($margin)  \(.)")
  else
    "\($margin)\($key): \(tojson)"
  end;

def list_item($margin):
  if keys - order != [] then error("a key that is not known: \(tojson)") else . end
  | . as $rule
  | [order[] as $key | select($rule | has($key)) | $rule[$key] | entry($key; $margin + "  ")]
  | "\($margin)- \(.[0] | ltrimstr($margin + "  "))", .[1:][];

"# SPDX-License-Identifier: Apache-2.0",
"# Written by alerts/render.sh from alerts/*.libsonnet: change those.",
"groups:",
(.groups[] | "  - name: \(.name)", "    interval: \(.interval)", "    rules:", (.rules[] | list_item("      ")))
