#include "test.h"

static str hex(arena *mem, const void *at, size_t n)
{
    return hex_encode(mem, (bytes){(uint8_t *)at, n});
}

TEST("SHA-1 and SHA-256 know their vectors")
{
    sha1 one = sha1_of(str_bytes(S("abc")));
    sha256 two = sha256_of(str_bytes(S("abc")));
    check_str(hex(mem, one.b, 20), S("a9993e364706816aba3e25717850c26c9cd0d89d"));
    check_str(hex(mem, two.b, 32), S("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    one = sha1_of((bytes){0});
    two = sha256_of((bytes){0});
    check_str(hex(mem, one.b, 20), S("da39a3ee5e6b4b0d3255bfef95601890afd80709"));
    check_str(hex(mem, two.b, 32), S("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

TEST("SHA-1 in pieces is SHA-1 of the whole")
{
    bytes b = {arena_alloc(mem, 10000), 10000};
    random_bytes(b.at, b.n);
    sha1_stream *s = sha1_start(mem);
    for (size_t at = 0, n = 0; at < b.n; at += n) {
        n = at % 193 + 1 < b.n - at ? at % 193 + 1 : b.n - at;
        sha1_add(s, b.at + at, n);
    }
    sha1 whole = sha1_of(b), pieces = sha1_end(s);
    check(!memcmp(whole.b, pieces.b, 20));
}

TEST("secrets are equal or not")
{
    check(secret_eq(str_bytes(S("abc")), str_bytes(S("abc"))));
    check(!secret_eq(str_bytes(S("abc")), str_bytes(S("abd"))));
    check(!secret_eq(str_bytes(S("abc")), str_bytes(S("abcd"))));
    check(secret_eq((bytes){0}, (bytes){0}));
}

TEST("bcrypt knows the vectors of other implementations")
{
    check(password_check(S("U*U"), S("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")));
    check(password_check(S("U*U*"), S("$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK")));
    check(password_check(S(""), S("$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy")));
    check(password_check(S("\xff\xff\xa3"), S("$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e")));
    check(!password_check(S("U*V"), S("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")));
}

TEST("a password matches its hash and no other")
{
    str hash = password_hash(mem, S("correct horse"));
    check_int(hash.n, 60);
    check(str_starts(hash, S("$2b$10$")));
    check(password_check(S("correct horse"), hash));
    check(!password_check(S("correct horsf"), hash));
    check(!str_eq(hash, password_hash(mem, S("correct horse"))));
}

TEST("only 72 bytes of a password matter, however long it is")
{
    char long_one[2000];
    memset(long_one, 'x', sizeof long_one);
    str hash = password_hash(mem, (str){long_one, sizeof long_one});
    check(password_check((str){long_one, 72}, hash));
    check(!password_check((str){long_one, 71}, hash));
}

TEST("a NUL does not end a password")
{
    str hash = password_hash(mem, (str){"\0secret", 7});
    check(password_check((str){"\0secret", 7}, hash));
    check(!password_check(S(""), hash));
    check(!password_check((str){"\0secres", 7}, hash));
}

TEST("an empty or foreign hash matches nothing")
{
    check(!password_check(S(""), S("")));
    check(!password_check(S("x"), (str){0}));
    check(!password_check(S("x"), S("$6$rounds=5000$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjlO/O817G3uBnIFNjnQJu")));
    check(!password_check(S(""), S("$2b$99$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy")));
    check(!password_check(S(""), S("$2b$05$*CCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy")));
}

TEST("a token is long, alphanumeric and never the same")
{
    str a = token_new(mem), b = token_new(mem);
    check(a.n >= 30 && a.n <= 43);
    check(!str_eq(a, b));
    for (int i = 0; i < 100; i++)
        if (strpbrk(token_new(mem).at, "+/=-")) test_failed(__FILE__, __LINE__, "a token with other characters");
}
