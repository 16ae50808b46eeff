// See routes.h.
#include "app/routes.h"
#include "contract/handler.h"

int routes_print(FILE *out)
{
    size_t done = 0;
    for (size_t i = 0; i < route_count; i++) {
        const route *r = &routes[i];
        bool has = route_handler(r) != NULL;
        done += has;
        fprintf(out, "%-8s %-6s %-60s %s\n", has ? "done" : "missing", r->method, r->path, r->operation);
    }
    fprintf(out, "%zu of %zu operations\n", done, route_count);
    return ferror(out) != 0;
}
