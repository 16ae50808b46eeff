// Everything that the environment and the command line say about this process (spec 05, 11). Needs nothing: the defaults run an embedded
// server with all its data in ./data.
//
// Variables come from the environment, then from ./.env, then from <data>/.env. DB_URL, DB_HOSTNAME, DB_DATABASE_NAME, DB_USERNAME,
// DB_PASSWORD and REDIS_PASSWORD may instead stand in files: named by <NAME>_FILE, or $CREDENTIALS_DIRECTORY/<NAME>.
#pragma once
#include "base/base.h"

typedef struct {
    const char *data; // --data; NULL: CALOTYPE_DATA, else "data"
    const char *host; // --host; NULL: IMMICH_HOST
    int port;         // --port; -1: IMMICH_PORT
} command_line;

typedef struct {
    str data;             // the data directory, absolute; exists
    str media;            // IMMICH_MEDIA_LOCATION, else <data>/media
    bool media_given;     // IMMICH_MEDIA_LOCATION was set
    str sqlite_path;      // <data>/calotype.db
    str postgres_url;     // {0}: SQLite
    str vector_extension; // DB_VECTOR_EXTENSION; {0}: whichever there is
    bool skip_migrations;
    str host; // {0}: all interfaces
    int port;
    str trusted_proxies;
    str web_folder;  // {0}: no web app is installed
    str environment; // production, development, testing
    bool allow_setup;
    bool ignore_mount_checks;
    bool runs_api, runs_workers;
    int workers; // processes
    log_level log_level;
    bool log_json;
    str bus_socket;
} settings;

// Reads and checks all of it, and creates the data directory. Sets up nothing else. False: *problem is a text for the operator.
bool settings_load(arena *, command_line, settings *, str *problem);
