// Asks one server the same question over and over: ask PORT CONNECTIONS SECONDS REQUEST. Prints the answers per second.
//
// For answers without a body only (wrk waits for the body that the Content-Length of a 304 speaks of).
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sockaddr_in server = {.sin_family = AF_INET};
static const char *request;
static atomic_bool over;
static atomic_long answers;

static void *ask(void *wanted)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (connect(fd, (struct sockaddr *)&server, sizeof server)) perror("connect"), exit(1);
    char answer[4096];
    while (!over) {
        if (write(fd, request, strlen(request)) < 0) perror("write"), exit(1);
        size_t n = 0;
        while (n < 4 || memcmp(answer + n - 4, "\r\n\r\n", 4)) {
            ssize_t got = read(fd, answer + n, sizeof answer - n);
            if (got <= 0) fprintf(stderr, "unexpected answer: %.*s\n", (int)n, answer), exit(1);
            n += (size_t)got;
        }
        if (memcmp(answer + 9, wanted, 3)) fprintf(stderr, "unexpected answer: %.*s\n", (int)n, answer), exit(1);
        answers++;
    }
    close(fd);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: ask PORT CONNECTIONS SECONDS REQUEST\n");
        return 64;
    }
    server.sin_port = htons((uint16_t)atoi(argv[1]));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int n = atoi(argv[2]), seconds = atoi(argv[3]);
    request = argv[4];
    pthread_t thread[n];
    for (int i = 0; i < n; i++) pthread_create(&thread[i], NULL, ask, "304");
    sleep((unsigned)seconds);
    over = true;
    for (int i = 0; i < n; i++) pthread_join(thread[i], NULL);
    printf("%ld\n", answers / seconds);
}
