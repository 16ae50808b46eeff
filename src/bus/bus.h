// Events between processes and hosts. Best effort: nothing may depend on an event arriving; state lives in the database.
//
// On one host the supervisor runs a hub on a Unix socket (<data>/run/bus.sock) and every process holds one connection; a message that one sends,
// all others receive. A process that finds no hub keeps trying, quietly. With Redis the same interface rides on pub/sub.
#pragma once
#include "base/base.h"

typedef struct bus bus;
typedef void bus_handler(void *arg, str topic, str payload); // runs on the bus's own thread; must be quick and must not fail()

// Runs the hub on its own thread until the process ends. False (with a log line) if the socket can't be made.
bool bus_hub_start(const char *socket_path);

// Connects (in the background, reconnecting for ever).
bus *bus_connect(const char *socket_path);
// Handlers may be added at any time; a NULL topic hears everything.
void bus_on(bus *, const char *topic, bus_handler *, void *arg);
// Sends to all other processes and, when `also_here`, to this process's own handlers. Only queues, so it never blocks. Topics up to 255 bytes,
// payloads up to 1 MiB; what is longer is logged and not sent. A message is lost when there is no hub, or when 8 MiB wait already.
void bus_send(bus *, str topic, str payload, bool also_here);
// Sends what is queued (at most a second), then disconnects. Not from a handler.
void bus_close(bus *);
