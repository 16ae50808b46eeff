// The listening socket and the TLS files: where starting fails for reasons that the operator can mend.
#include "http/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

static int try_listen(const struct sockaddr *a, socklen_t n)
{
    int fd = socket(a->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    int one = 1, zero = 0;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (a->sa_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);
    if (bind(fd, a, n) == 0 && listen(fd, BACKLOG) == 0) return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static int listen_everywhere(int port)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = in6addr_any, .sin6_port = htons((uint16_t)port)};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = try_listen((struct sockaddr *)&six, sizeof six);
    // A kernel without IPv6 says one of these.
    if (fd < 0 && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) fd = try_listen((struct sockaddr *)&four, sizeof four);
    return fd;
}

int listen_on(ctx *c, str host, int port, int *real_port)
{
    int fd = -1;
    if (port < 0 || port > 65535) fail(c, 500, "port %d is not between 0 and 65535", port);
    if (!host.n) {
        fd = listen_everywhere(port);
    } else {
        struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found = NULL;
        int error = getaddrinfo(cstr(c->mem, host), NULL, &hints, &found);
        if (error)
            fail_hint(c, 500, "Use an address of this machine, or none to listen on all.", "cannot listen on host %.*s: %s", PR(host),
                      gai_strerror(error));
        for (struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
            if (a->ai_family == AF_INET) ((struct sockaddr_in *)a->ai_addr)->sin_port = htons((uint16_t)port);
            else if (a->ai_family == AF_INET6) ((struct sockaddr_in6 *)a->ai_addr)->sin6_port = htons((uint16_t)port);
            else continue;
            fd = try_listen(a->ai_addr, a->ai_addrlen);
        }
        int kept = errno;
        freeaddrinfo(found);
        errno = kept;
    }
    const char *where = host.n ? cstr(c->mem, host) : "all interfaces";
    if (fd < 0 && errno == EADDRINUSE)
        fail_hint(c, 500, "Another program listens there, perhaps another instance of this server: stop it, or choose another IMMICH_PORT.",
                  "port %d is already in use on %s", port, where);
    if (fd < 0 && errno == EACCES)
        fail_hint(c, 500,
                  "Ports below 1024 need the right CAP_NET_BIND_SERVICE; choose a higher IMMICH_PORT and put a reverse proxy in front.",
                  "no permission to listen on port %d", port);
    if (fd < 0) fail(c, 500, "cannot listen on port %d on %s: %s", port, where, strerror(errno));

    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } bound = {0};
    socklen_t n = sizeof bound;
    getsockname(fd, &bound.any, &n);
    *real_port = ntohs(bound.any.sa_family == AF_INET6 ? bound.six.sin6_port : bound.four.sin_port);
    return fd;
}

char *tls_read(ctx *c, str path, const char *what)
{
    if (MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES)
        fail_hint(c, 500, "Install a libmicrohttpd built with GnuTLS, or let a reverse proxy speak HTTPS.",
                  "this libmicrohttpd (%s) has no TLS, so a certificate cannot be used", MHD_get_version());
    if (!path.n) fail(c, 500, "HTTPS needs both a certificate and a key file; the %s is missing", what);
    char text[64 << 10];
    int fd = open(cstr(c->mem, path), O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
    int error = errno;
    if (fd >= 0) close(fd);
    if (n < 0) fail(c, 500, "cannot read the TLS %s %.*s: %s", what, PR(path), strerror(error));
    if (n == sizeof text) fail(c, 500, "the TLS %s %.*s is larger than 64 KiB", what, PR(path));
    return str_dup(c->mem, (str){text, (size_t)n}).at;
}
