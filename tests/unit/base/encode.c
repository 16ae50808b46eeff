#include "test.h"

#define B(literal) str_bytes(S(literal))

TEST("base64 knows the vectors of RFC 4648")
{
    check_str(base64_encode(mem, B("")), S(""));
    check_str(base64_encode(mem, B("f")), S("Zg=="));
    check_str(base64_encode(mem, B("fo")), S("Zm8="));
    check_str(base64_encode(mem, B("foo")), S("Zm9v"));
    check_str(base64_encode(mem, B("foobar")), S("Zm9vYmFy"));
    check_str(base64_encode(mem, B("\xff\xef\xbe")), S("/+++"));
    check_str(base64url_encode(mem, B("\xff\xef\xbe\xff")), S("_---_w"));
}

TEST("base64 is read in both alphabets, with and without padding")
{
    bytes b;
    check(base64_decode(mem, S("Zm9vYg=="), &b));
    check_str(bytes_str(b), S("foob"));
    check(base64_decode(mem, S("Zm9vYg"), &b));
    check_str(bytes_str(b), S("foob"));
    check(base64_decode(mem, S("_---_w"), &b) && str_eq(bytes_str(b), S("\xff\xef\xbe\xff")));
    check(base64_decode(mem, S("/+++/w=="), &b) && str_eq(bytes_str(b), S("\xff\xef\xbe\xff")));
    check(base64_decode(mem, S(""), &b) && b.n == 0);
    check(base64_decode(mem, (str){0}, &b) && b.n == 0);
}

TEST("broken base64 is refused")
{
    bytes b;
    each_text (t, "A", "=", "==", "====", "A===", "AA=", "AAA=A", "AAAAA", "AA==AAAA", "AA A", "AAA\n", "AA*A", "AAA\xc3")
        if (base64_decode(mem, str_of(*t), &b)) test_failed(__FILE__, __LINE__, "\"%s\" was taken", *t);
}

TEST("base64 and hex survive a round trip of any length")
{
    for (size_t n = 0; n < 200; n++) {
        bytes b = {arena_alloc(mem, n), n}, back;
        random_bytes(b.at, n);
        check(base64_decode(mem, base64_encode(mem, b), &back) && str_eq(bytes_str(b), bytes_str(back)));
        check(base64_decode(mem, base64url_encode(mem, b), &back) && str_eq(bytes_str(b), bytes_str(back)));
        check(hex_decode(mem, hex_encode(mem, b), &back) && str_eq(bytes_str(b), bytes_str(back)));
    }
}

TEST("hex is written in lower case and read in either")
{
    bytes b;
    check_str(hex_encode(mem, B("\x01\xab\xff")), S("01abff"));
    check(hex_decode(mem, S("01aBFf"), &b) && str_eq(bytes_str(b), S("\x01\xab\xff")));
    check(!hex_decode(mem, S("0"), &b));
    check(!hex_decode(mem, S("0g"), &b));
    check(!hex_decode(mem, S("0x"), &b));
}

TEST("percent escapes are those of encodeURIComponent")
{
    check_str(percent_encode(mem, S("Az09-_.!~*'()")), S("Az09-_.!~*'()"));
    check_str(percent_encode(mem, S("a b/c?d=é&\x01\"")), S("a%20b%2Fc%3Fd%3D%C3%A9%26%01%22"));
    check_str(percent_encode(mem, (str){"a\0b", 3}), S("a%00b"));
    check(!percent_encode(mem, (str){0}).at);
}

TEST("percent escapes are decoded, and nothing else")
{
    str s;
    check(percent_decode(mem, S("a%20b+c%2f%C3%A9"), &s));
    check_str(s, S("a b+c/é"));
    check(percent_decode(mem, S("100%25"), &s));
    check_str(s, S("100%"));
    check(percent_decode(mem, S(""), &s) && s.at && !s.n);
}

TEST("a broken escape and what is no UTF-8 are refused")
{
    str s;
    each_text (t, "%", "a%", "%1", "%g0", "%0g", "%%20", "%u0041", "%ff", "%c3", "%c0%80", "%ed%a0%80")
        if (percent_decode(mem, str_of(*t), &s)) test_failed(__FILE__, __LINE__, "\"%s\" was taken", *t);
}
