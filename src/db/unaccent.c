// f_unaccent for SQLite. The table is made by tools/unaccent.py at build time.
#include "db/sqlite.h"

static const struct {
    uint32_t code;
    const char text[4];
} table[] = {
#include "unaccent.inc"
};

const char *unaccent(uint32_t code)
{
    size_t low = 0, high = countof(table);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (table[middle].code < code) low = middle + 1;
        else high = middle;
    }
    return low < countof(table) && table[low].code == code ? table[low].text : NULL;
}
