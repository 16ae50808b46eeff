// The formats of the contract, at their edges.
#include "contract/match.h"
#include "test.h"

#define fits(matcher, text) check(matcher(S(text)))
#define not_fits(matcher, text) check(!matcher(S(text)))

TEST("ids have a version and a variant")
{
    fits(match_uuid4, "aaaaaaaa-BBBB-4ccc-9ddd-eeeeeeeeeeee");
    not_fits(match_uuid4, "aaaaaaaa-bbbb-7ccc-9ddd-eeeeeeeeeeee");
    not_fits(match_uuid4, "aaaaaaaa-bbbb-4ccc-cddd-eeeeeeeeeeee");
    not_fits(match_uuid4, "00000000-0000-0000-0000-000000000000");
    not_fits(match_uuid4, "aaaaaaaabbbb4ccc9dddeeeeeeeeeeee");
    fits(match_uuid7, "aaaaaaaa-bbbb-7ccc-9ddd-eeeeeeeeeeee");
    fits(match_uuid, "00000000-0000-0000-0000-000000000000");
    fits(match_uuid, "aaaaaaaa-bbbb-1ccc-9ddd-eeeeeeeeeeee");
    not_fits(match_uuid, "aaaaaaaa-bbbb-9ccc-9ddd-eeeeeeeeeeee");
    fits(match_uuid4_or_me, "me");
}

TEST("times")
{
    fits(match_datetime, "2024-02-29T23:59Z");
    fits(match_datetime, "2024-02-29T23:59:59.123456789+14:00");
    not_fits(match_datetime, "2023-02-29T00:00:00Z");
    not_fits(match_datetime, "2023-02-28T00:00:00");
    not_fits(match_datetime, "2023-02-28T00:00:00+0200");
    not_fits(match_datetime, "2023-02-28 00:00:00Z");
    fits(match_date, "2000-02-29");
    not_fits(match_date, "1900-02-29");
    fits(match_time, "23:59");
    not_fits(match_time, "24:00");
    not_fits(match_time, "1:00");
    not_fits(match_time, "01:60");
}

TEST("e-mail addresses of any script")
{
    fits(match_email, "admin@local");
    fits(match_email, "a.b+c_d!#$%&'*/=?^`{|}~-@x.y-z.org");
    fits(match_email, "jürgen@bücher.example");
    fits(match_email, "用户@例子.公司");
    fits(match_email, "a@"
                      "123456789012345678901234567890123456789012345678901234567890123");
    not_fits(match_email, "a@"
                          "1234567890123456789012345678901234567890123456789012345678901234");
    not_fits(match_email, "@local");
    not_fits(match_email, "a@");
    not_fits(match_email, "a@b.");
    not_fits(match_email, "a@.b");
    not_fits(match_email, "a@-b");
    not_fits(match_email, "a@b-.c");
    not_fits(match_email, "a@b@c");
    not_fits(match_email, "a b@c");
    not_fits(match_email, "a@b_c");
    not_fits(match_email, " a@b");
    not_fits(match_email, "a😀@b");
    not_fits(match_email, "a\xff@b");
}

TEST("URLs of any scheme, with a host where the scheme wants one")
{
    fits(match_url, "https://example.org:8080/a?b#c");
    fits(match_url, "http://user:pw@[::1]:2283");
    fits(match_url, "app.immich:///oauth-callback");
    fits(match_url, "a:b");
    not_fits(match_url, "https://");
    not_fits(match_url, "https://a b/");
    not_fits(match_url, "https://host:99999/");
    not_fits(match_url, "https://host:x/");
    not_fits(match_url, "example.org");
    not_fits(match_url, "");
    not_fits(match_url, "1a:b");
    fits(match_url_or_empty, "");
}

TEST("colours, keys and names")
{
    fits(match_color, "#fff");
    fits(match_color, "12345678");
    not_fits(match_color, "12345");
    not_fits(match_color, "#ggg");
    fits(match_license, "IMSV-ABCD-1234-abcd-EFGH-5678-efgh-IJKL-9012");
    not_fits(match_license, "IMXX-ABCD-1234-abcd-EFGH-5678-efgh-IJKL-9012");
    not_fits(match_license, "IMSV-ABCD-1234-abcd-EFGH-5678-efgh-IJKL9-012");
    fits(match_segment, "init.mp4");
    fits(match_segment, "seg_12.m4s");
    not_fits(match_segment, "seg_.m4s");
    not_fits(match_segment, "seg_1.mp4");
    fits(match_file_name, "a-b_c.sql.gz");
    not_fits(match_file_name, "../a");
    not_fits(match_file_name, "");
    fits(match_pin, "012345");
    not_fits(match_pin, "0123456");
}
