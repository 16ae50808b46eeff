#!/usr/bin/env python3
"""Makes src/media/zone_map.c from the npm package @photostructure/tz-lookup (CC0-1.0).

    npm pack @photostructure/tz-lookup && tar xzf photostructure-tz-lookup-*.tgz
    tools/zone_map.py package/tz.js package/package.json > src/media/zone_map.c

The map is checked in; run this again when zones move (once a year or less).
"""
import json, re, sys

script = open(sys.argv[1]).read()
version = json.load(open(sys.argv[2]))["version"]
tree = re.search(r'var X="((?:[^"\\]|\\.)*)"', script).group(1).replace('\\"', '"').replace("\\\\", "\\")
names = json.loads("[" + re.search(r",T=\[([^\]]*)\]", script).group(1) + "]")
assert len(tree) % 2 == 0 and all(35 <= ord(c) < 127 for c in tree)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?") + '"'


print("// Which zone is where: a quadtree over the globe. Made by tools/zone_map.py from @photostructure/tz-lookup %s (CC0-1.0)." % version)
print("// clang-format off")
print('#include "media/zone_map.h"\n')
print("const int zone_map_names = %d;" % len(names))
print("const char *const zone_map_name[] = {")
for at in range(0, len(names), 5):
    print("    " + " ".join(quoted(name) + "," for name in names[at:at + 5]))
print("};\n")
print("const size_t zone_map_size = %d;" % len(tree))
print("const char zone_map_tree[] =")
for at in range(0, len(tree), 128):
    print("    " + quoted(tree[at:at + 128]) + (";" if at + 128 >= len(tree) else ""))
