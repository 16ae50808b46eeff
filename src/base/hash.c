// Hashes and secrets. The low-level SHA functions of OpenSSL are deprecated in favour of EVP, whose contexts are on the heap and must be freed;
// these keep their state in our arena, allocate nothing, and use the same SHA-NI code.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/hash.h"
#include "base/log.h"
#include <crypt.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <sys/random.h>

struct sha1_stream {
    SHA_CTX state;
};

sha1_stream *sha1_start(arena *mem)
{
    sha1_stream *s = new (mem, sha1_stream);
    SHA1_Init(&s->state);
    return s;
}

void sha1_add(sha1_stream *s, const void *at, size_t n)
{
    SHA1_Update(&s->state, at, n);
}

sha1 sha1_end(sha1_stream *s)
{
    sha1 h;
    SHA1_Final(h.b, &s->state);
    return h;
}

sha1 sha1_of(bytes b)
{
    sha1_stream s;
    SHA1_Init(&s.state);
    sha1_add(&s, b.at, b.n);
    return sha1_end(&s);
}

sha256 sha256_of(bytes b)
{
    SHA256_CTX state;
    sha256 h;
    SHA256_Init(&state);
    SHA256_Update(&state, b.at, b.n);
    SHA256_Final(h.b, &state);
    return h;
}

void random_bytes(void *to, size_t n)
{
    for (uint8_t *at = to; n;) {
        ssize_t got = getrandom(at, n, 0);
        if (got < 0 && errno != EINTR) log_die("the kernel gives no random numbers: %s", strerror(errno));
        if (got > 0) at += got, n -= (size_t)got;
    }
}

bool secret_eq(bytes a, bytes b)
{
    return a.n == b.n && (!a.n || !CRYPTO_memcmp(a.at, b.at, a.n));
}

enum { BCRYPT_LENGTH = 60, BCRYPT_INPUT = 72 };

// bcrypt looks at 72 bytes, and crypt() takes C strings of limited length and refuses longer ones. So the password is cut here, and a NUL in it becomes
// a pair of bytes that cannot occur in UTF-8: else "\0…" would be the empty password. False if the setting is not one of bcrypt.
static bool bcrypt(str password, const char *setting, char out[BCRYPT_LENGTH + 1])
{
    char text[BCRYPT_INPUT + 2];
    size_t n = 0;
    for (size_t i = 0; i < password.n && n < BCRYPT_INPUT; i++) {
        if (password.at[i]) {
            text[n++] = password.at[i];
        } else {
            text[n++] = '\xc0';
            text[n++] = '\x80';
        }
    }
    text[n] = 0;

    struct crypt_data state = {0};
    const char *hash = crypt_r(text, setting, &state);
    bool fine = hash && hash[0] == '$' && strlen(hash) == BCRYPT_LENGTH;
    if (fine) memcpy(out, hash, BCRYPT_LENGTH + 1);
    explicit_bzero(text, sizeof text);
    explicit_bzero(&state, sizeof state);
    return fine;
}

str password_hash(arena *mem, str password)
{
    char salt[16], setting[CRYPT_GENSALT_OUTPUT_SIZE], hash[BCRYPT_LENGTH + 1];
    random_bytes(salt, sizeof salt);
    if (!crypt_gensalt_rn("$2b$", 10, salt, sizeof salt, setting, sizeof setting) || !bcrypt(password, setting, hash))
        log_die("libcrypt has no bcrypt: %s", strerror(errno));
    return str_dup(mem, str_of(hash));
}

bool password_check(str password, str hash)
{
    // Whoever asks for an unknown user waits as long as for a known one.
    static const char nobody[] = "$2b$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";
    char setting[BCRYPT_LENGTH + 1] = "", got[BCRYPT_LENGTH + 1];
    bool known = hash.n == BCRYPT_LENGTH && (str_starts(hash, S("$2a$")) || str_starts(hash, S("$2b$")) || str_starts(hash, S("$2y$")));
    if (known) {
        memcpy(setting, hash.at, BCRYPT_LENGTH);
        known = bcrypt(password, setting, got);
    }
    if (!known) bcrypt(password, nobody, got);
    return known && secret_eq(str_bytes(str_of(got)), str_bytes(hash));
}

str token_new(arena *mem)
{
    uint8_t secret[32];
    random_bytes(secret, sizeof secret);
    str text = base64_encode(mem, (bytes){secret, sizeof secret});
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        if (!strchr("+/=", text.at[i])) text.at[n++] = text.at[i];
    text.at[n] = 0;
    explicit_bzero(secret, sizeof secret);
    return (str){text.at, n};
}
