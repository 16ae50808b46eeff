// A file of time zone rules (TZif), which nobody guards as we do our own: whatever it says, no clock is more than a day and two hours off.
#include "fuzz.h"
#include "media/zone.h"
#include <sys/mman.h>
#include <unistd.h>

FUZZ
{
    int fd = memfd_create("rules", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, input.at, input.n) == (ssize_t)input.n);
    setenv("TZDIR", "/dev", 1);
    const zone *z = zone_load(mem, str_fmt(mem, "fd/%d", fd));
    close(fd);
    if (!z) return;
    static const when moments[] = {-2208988800 * SECOND, -1, 0, 1711846800 * SECOND, 1729990800 * SECOND, 7258118400 * SECOND};
    for (size_t i = 0; i < countof(moments); i++) {
        int offset = zone_offset(z, moments[i]);
        when utc = zone_to_utc(z, moments[i]);
        must(abs(offset) <= 26 * 3600 && llabs(utc - moments[i]) <= 26 * HOUR);
    }
}
