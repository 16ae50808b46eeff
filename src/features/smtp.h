// Talking to the mail server.
#pragma once
#include "features/feature.h"

// Connects and logs in, within ten seconds; false (with a log line) if that does not work. Not inside a transaction.
bool smtp_works(arena *, const AdminConfigSmtpTransportDto *);
