// The template that names files in the library, {{y}}/{{MM}}/{{filename}}.
#pragma once
#include "base/base.h"

// Can it be rendered: blocks and braces are closed, and all names are known.
bool storage_template_valid(str);
