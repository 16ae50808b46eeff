// Product keys of users and of the server.                                                       spec 01, section 12.6; spec 05, 5.4
#include "features/license.h"
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>

// The issuer's public keys: base64 of DER, RSA with 2048 bits.
static const struct {
    const char *client, *server;
} production_keys =
    {
        .client =
            "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAv/7S32cRA5++1NnVDsCMspP/jJHIMqOJXFnh4NwA2Opz+RMfdco92PsOgh+wwQeEv1U2c2pjzTiQ/2lr"
            "Kq/kzJRlXwc4cUesQDMJOF+P2qONPbAJkXvCXYBULitCIkoLwfhSGNjyIKaRDhd/tNyN8+hNRZnYT1hSIj9SCkKxUCOzatPV4mCDerS+bE+gEUeWp99V9azvF0FI"
            "mnTWpQSwc8wEZgOMh4svh6aicwdzkPCwELak0VaBH31BEUCQLb9+AItHAUtJCKxhb5Wjs1s9brXfi0vrpgcZ/6DanY2qfSPznOmvD2FrrlS1q4JJN3Vo7Ww/0Yy/"
            "yMcmzTWZhGuhUQIDAQAB",
        .server =
            "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAopnYDa0a/dU5IeG74iEEMwdAKjsNczLdCqRd1Z9y5T2wjO7eYIOeJTsl350sR0p4KfSUDSXvC9NpDpc1"
            "tOKl5shC/AxpvQALCokF4jt8vrrd9fCaXc1TqRbOmnhiugD6vkr0O/Fb3UDi3U0TvhPPlPdvSawzLrWZPLfmHVVrbrSKmn9IeSgy07ukWTIyLsciNrvnBywsJaRe"
            "DuoNWPBHU/mo2mXa8m4wMWhiXehiIOQqMuSUgPeCsWj8UVx1CGlRzPDA0bVNQveKXWVxcEI6ULEgJy2F49lH0+aYCmBf7NEr6VQ2WB95evTKXKvn0qIM7ngFlcUA"
            "w6fuV1cNCTJS6wIDAQAB",
},
  staging_keys = {
      .client =
          "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAnICrNncljOH/Iu3mYUZEttbKWW78dnj9y3E6zI7uMMRwDrGXXXdLhdP1qIkedxtrUUyJB1dxGN2AouKO"
          "62SFWkmOONcFBTAXVSv8T5V4KEpZqPaa0izMhlLhNlEq/cVJvYkZXuglzoZ7pmgo1RtxjmbFnM78ka1QQBj9WKhL6yjVEIv07UKIJXpMNsnKh5WO726abc3HOnu9"
          "DN69VqEE7tfkRtV6lvSSs2AU2x3Onypp8zNwoIOMdblk2oOZYdNg64cyvK2hSAeSsU0Tr9W9H+kF9BSB6Y4AytBUdJi++jLInG3d9qObxUsNV+7NfFAy62d/LMGL"
          "R8/NPW4SK7sCFQIDAQAB",
      .server =
          "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA7K/2wvKQ/MuO2v/LRnlh2S/sLxC8bbLL5QIJ8j0CpUen4aDecgX1JJRkF6ZTUKi57SlHmKtR3bNO2fu0"
          "TQX9NV0BsW9eePt2iS1ixUQfO4Nn7oN6slKZsMjwoQ4kFDaf3uGNVIsGLou1UdKQXix1RTGquSosYV3VFY7CXFa5VhCA/zhUsl4anUzwxAz3McPUeMpZzv/mVbBT"
          "JW0OK+VfVABo1wX2EAjzAzEGW47VJ8s8g2t+4sOhqA5+LB0JW9NEH9AJpxfsXN3K5m3M25BUVWq9Qa+HttD6rtnp/qApyudYGpfOGa4BRVSGS11DY3LkoaeG60PE"
          "94zhb7n8zLZHzQIDAQAB",
};

// Is signature an RSA signature (PKCS #1 v1.5, SHA-256) of text by the owner of the public key?
static bool is_signed_by(const char *key, str text, bytes signature)
{
    unsigned char der[512];
    int n = EVP_DecodeBlock(der, (const unsigned char *)key, (int)strlen(key));
    const unsigned char *at = der;
    EVP_PKEY *public = n > 0 ? d2i_PUBKEY(NULL, &at, n) : NULL;
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool good = public && c && EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, public) == 1 &&
                EVP_DigestVerify(c, signature.at, signature.n, (const unsigned char *)text.at, text.n) == 1;
    EVP_MD_CTX_free(c);
    EVP_PKEY_free(public);
    return good;
}

// client_too: a key for one user will do.
static bool is_valid(arena *mem, const LicenseKeyDto *key, bool client_too)
{
    const char *environment = getenv("IMMICH_ENV");
    bool production = !environment || !*environment || !strcmp(environment, "production");
    bytes signature;
    if (!base64_decode(mem, key->activationKey, &signature)) return false;
    if (is_signed_by(production ? production_keys.server : staging_keys.server, key->licenseKey, signature)) return true;
    return client_too && is_signed_by(production ? production_keys.client : staging_keys.client, key->licenseKey, signature);
}

bool license_read(arena *mem, str stored, UserLicense *out)
{
    const json *j = stored.at ? json_parse(mem, stored, NULL) : NULL;
    if (!j) return false;
    out->licenseKey = json_get_str(j, "licenseKey");
    out->activationKey = json_get_str(j, "activationKey");
    if (!when_parse(json_get_str(j, "activatedAt"), &out->activatedAt)) out->activatedAt = 0;
    return true;
}

// Takes the key and gives back the text to store.
static str accept(request *rq, const LicenseKeyDto *key, bool client_too, UserLicense *out)
{
    if (!is_valid(rq->mem, key, client_too)) fail(rq, 400, "Invalid license key");
    *out = (UserLicense){.licenseKey = key->licenseKey, .activationKey = key->activationKey, .activatedAt = now()};
    json_writer w = json_writer_on(rq->mem);
    schema_write(&w, &UserLicense_schema, out);
    return buf_str(&w.out);
}

HANDLER(getUserLicense)
{
    str stored = db_str(db, "select value from user_metadata where \"userId\" = $1 and key = 'license'", UUID(rq->auth.user_id));
    if (!license_read(mem, stored, out)) fail(rq, 404, "Not Found");
}

HANDLER(setUserLicense)
{
    str text = accept(rq, &in->body, true, out);
    db_exec(db,
            "insert into user_metadata (\"userId\", key, value) values ($1, 'license', $2) "
            "on conflict (\"userId\", key) do update set value = excluded.value",
            UUID(rq->auth.user_id), STR(text));
}

HANDLER(deleteUserLicense)
{
    db_exec(db, "delete from user_metadata where \"userId\" = $1 and key = 'license'", UUID(rq->auth.user_id));
}

HANDLER(getServerLicense)
{
    if (!license_read(mem, db_str(db, "select value from system_metadata where key = 'license'"), out)) fail(rq, 404, "Not Found");
}

HANDLER(setServerLicense)
{
    if (!str_starts(in->body.licenseKey, S("IMSV-"))) fail(rq, 400, "Invalid license key");
    str text = accept(rq, &in->body, false, out);
    db_exec(db, "insert into system_metadata (key, value) values ('license', $1) on conflict (key) do update set value = excluded.value",
            STR(text));
}

HANDLER(deleteServerLicense)
{
    db_exec(db, "delete from system_metadata where key = 'license'");
}
