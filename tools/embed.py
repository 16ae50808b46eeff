#!/usr/bin/env python3
"""Turns text files into a C array, so that the program is one file.

embed.py OUT NAME FILE…       writes `const embedded NAME[]`, in the order given, closed by an empty entry; see src/db/migrate.h.
embed.py OUT --header FILE…   writes a header with one `static const str embedded_<file>` per file, dots as underscores.
"""
import pathlib
import sys

out, name, files = sys.argv[1], sys.argv[2], [pathlib.Path(f) for f in sys.argv[3:]]


def literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return "\n".join(f'     "{line}\\n"' for line in escaped.splitlines())


def header() -> str:
    lines = ["#pragma once", '#include "base/str.h"', ""]
    for f in files:
        text = f.read_text(encoding="utf-8").rstrip("\n") + "\n"
        symbol = f.name.replace(".", "_").replace("-", "_")
        lines.append(f"static const str embedded_{symbol} = {{(char *)\n{literal(text)},\n    {len(text.encode())}}};")
    return "\n".join(lines) + "\n"


if name == "--header":
    pathlib.Path(out).write_text(header(), encoding="utf-8")
    sys.exit()

with open(out, "w", encoding="utf-8") as c:
    c.write('#include "db/migrate.h"\n\n')
    c.write(f"const embedded {name}[] = {{\n")
    for f in files:
        c.write(f'    {{"{f.stem}",\n{literal(f.read_text(encoding="utf-8"))}}},\n')
    c.write("    {0},\n};\n")
