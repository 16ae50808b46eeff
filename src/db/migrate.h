// Embedded files: what tools/embed.py writes.
#pragma once

typedef struct {
    const char *name; // without folder and extension
    const char *text;
} embedded;

extern const embedded migrations_sqlite[], migrations_postgres[]; // closed by an empty entry
