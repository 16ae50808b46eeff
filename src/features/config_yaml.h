// Configuration files: YAML 1.2, core schema, of which JSON is a part (https://yaml.org/spec/1.2.2/#103-core-schema). Parsed by libyaml.
#pragma once
#include "base/json.h"

// One document as a tree. Keys are texts; a key that comes twice is an error, and so is an alias to what contains it. An empty document is null.
// NULL on error, and *error (if given) says what and where.
json *yaml_parse(arena *, str text, str *error);
