// Word to systemd about how the service is (sd_notify(3)), without libsystemd. Does nothing where nobody listens.
#pragma once
#include "base/base.h"

void notify_begin(void);        // takes NOTIFY_SOCKET and WATCHDOG_USEC out of the environment, so that no child answers in our place
void notify(const char *state); // "READY=1"
int notify_watchdog_ms(void);   // send "WATCHDOG=1" at least so often; -1: nobody asked for it
