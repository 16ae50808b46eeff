// Cookies: a value that is found stands there under its name; one of ours is found behind whatever else was sent.
#include "fuzz.h"
#include "http/internal.h"

FUZZ
{
    const char *name = "immich_access_token";
    str found = cookie_find(mem, input, name);
    must(!found.at || str_find(input, str_of(name)) >= 0);
    must(found.n <= input.n);

    str value = utf8_clean(mem, input), mine = str_fmt(mem, "%s=%.*s", name, PR(percent_encode(mem, value)));
    must(str_eq(cookie_find(mem, mine, name), value));
    must(str_eq(cookie_find(mem, str_cat(mem, mine, str_cat(mem, S("; "), input)), name), value));
    str behind = cookie_find(mem, str_cat(mem, input, str_cat(mem, S("; "), mine)), name);
    must(str_eq(behind, found.at ? found : value));
}
