#!/usr/bin/env python3
"""Writes the table of f_unaccent for SQLite: Latin, Greek and the Cyrillic Ё without their accents, as PostgreSQL's unaccent dictionary has them.

unaccent.py OUT   writes `{code point, "replacement"},` lines in order of code points; see src/db/unaccent.c.
"""
import sys
import unicodedata

# Letters and signs that Unicode doesn't decompose.
EXTRA = dict(
    pair.split(":")
    for pair in (
        "Æ:AE æ:ae Ð:D ð:d Ø:O ø:o Þ:TH þ:th ß:ss ẞ:SS Đ:D đ:d Ħ:H ħ:h ı:i ĸ:q Ŀ:L ŀ:l Ł:L ł:l ŉ:'n Ŋ:N ŋ:n Œ:OE œ:oe Ŧ:T ŧ:t ƀ:b Ɓ:B "
        "Ƈ:C ƈ:c Ɖ:D Ɗ:D Ƌ:D ƌ:d Ɛ:E Ƒ:F ƒ:f Ɠ:G Ɨ:I Ƙ:K ƙ:k ƚ:l Ɲ:N ƞ:n Ƥ:P ƥ:p ƫ:t Ƭ:T ƭ:t Ʈ:T Ʋ:V Ƴ:Y ƴ:y Ƶ:Z ƶ:z Ǥ:G ǥ:g ȷ:j Ⱥ:A Ȼ:C ȼ:c "
        "Ƚ:L Ⱦ:T Ƀ:B Ʉ:U Ɇ:E ɇ:e Ɉ:J ɉ:j Ɍ:R ɍ:r Ɏ:Y ɏ:y ɓ:b ɖ:d ɗ:d ɛ:e ɠ:g ɨ:i ɲ:n ʉ:u ʋ:v Ё:Е ё:е ‐:- ‑:- ‒:- –:- —:- ―:- ‘:' ’:' ‚:, ‛:' "
        "“:\" ”:\" „:,, ‟:\" ′:' ″:\" ‹:< ›:> «:<< »:>> ©:(C) ®:(R) ℗:(P) ×:* ÷:/ −:-"
    ).split(" ")
)


def without_accents(c: str) -> str | None:
    if c in EXTRA:
        return EXTRA[c]
    if 0x300 <= ord(c) < 0x370:
        return ""
    form = "NFKD" if ord(c) >= 0xFB00 else "NFD"  # ligatures and full-width forms too
    base = "".join(d for d in unicodedata.normalize(form, c) if not unicodedata.combining(d))
    letters = all(d.isascii() and d.isalnum() or 0x370 <= ord(d) < 0x400 for d in base)
    return base if base and base != c and letters else None


with open(sys.argv[1], "w", encoding="utf-8") as out:
    for code in [*range(0x80, 0x2C00), *range(0xFB00, 0xFB07), *range(0xFF01, 0xFF5F)]:
        replacement = without_accents(chr(code))
        if replacement is not None:
            escaped = replacement.replace('"', '\\"')
            out.write(f'{{0x{code:04x}, "{escaped}"}},\n')
