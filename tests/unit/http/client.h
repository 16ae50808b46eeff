// A raw HTTP client, and a small application that it talks to.
#pragma once
#include "../test.h"
#include "http/http.h"

// ---- the client ------------------------------------------------------------------------------------------------------------------
typedef struct {
    int status; // 0: the connection was closed before an answer
    str head, body;
    bool whole; // the body ended as announced
} reply;

int dial(http_server *);
void say(int fd, str);
void say_head(int fd, const char *head);                       // ends the head with an empty line
reply hear(arena *, int fd);                                   // one answer; interim 100 answers are skipped
reply hear_head(arena *, int fd);                              // of a HEAD request
reply ask(arena *, http_server *, const char *head, str body); // one request on a connection of its own
str reply_header(reply, const char *name);
bool is_closed(int fd); // waits until the server has closed it, at most 5 s
str unchunk(arena *, str);
str gunzip(arena *, str);

// ---- the application -------------------------------------------------------------------------------------------------------------
typedef struct {
    int opened, finished, discarded; // files of uploads
    int64_t written;
    int handled;
} tally;
extern tally seen; // of the server at hand

http_server *serve(arena *); // on any port, with the application below
http_server *serve_with(arena *, http_options);
void end(http_server *);

// A folder of the test's own, removed at the end of the program.
str scratch(arena *);
str scratch_file(arena *, const char *name, str content);
// True within five seconds.
bool soon(bool (*holds)(void *), void *arg);
