// Hashes and secrets, on OpenSSL's libcrypto (SHA-NI where the processor has it).
#pragma once
#include "base/str.h"

typedef struct {
    uint8_t b[20];
} sha1;
typedef struct {
    uint8_t b[32];
} sha256;

typedef struct sha1_stream sha1_stream; // on an arena; no clean-up needed
sha1_stream *sha1_start(arena *);
void sha1_add(sha1_stream *, const void *, size_t);
sha1 sha1_end(sha1_stream *);

sha1 sha1_of(bytes);
sha256 sha256_of(bytes);
void random_bytes(void *, size_t); // getrandom(); ends the process if the kernel has none
bool secret_eq(bytes, bytes);      // constant time for equal lengths

// bcrypt, cost 10, "$2b$". Takes some 60 ms: never inside a database transaction.
str password_hash(arena *, str password);
bool password_check(str password, str hash); // an empty or foreign hash never matches, but takes as long
// 32 random bytes, base64 without the characters outside [A-Za-z0-9_] (spec 01, 3.2).
str token_new(arena *);
