// Settings are stored sparsely: only the leaves that differ from the defaults. A leaf is anything but an object; arrays are replaced whole.
#pragma once
#include "base/base.h"

// A new tree: base with every leaf of over laid on top. Either may be NULL. Keys of base come first.
json *overlay(arena *, const json *base, const json *over);
// The leaves of value that differ from the same leaf of defaults; null and "" are dropped. An empty object when nothing differs.
// known_only: leaves that the defaults do not have are dropped too.
json *overlay_difference(arena *, const json *defaults, const json *value, bool known_only);
// The leaves of value that the defaults do not have. An empty object when there are none.
json *overlay_unknown(arena *, const json *defaults, const json *value);
