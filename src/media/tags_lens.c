// The name of the lens. Makers write a number; exiv2 knows the names behind most of them, in nearly the words of ExifTool.
#include "media/tags_parts.h"
#include <ctype.h>

// Where makers' notes name the lens by number, with exiv2's way of showing it.
static const char *const numbered[] = {
    "Exif.CanonCs.LensType",      "Exif.NikonLd4.LensIDNumber", "Exif.NikonLd3.LensIDNumber", "Exif.NikonLd2.LensIDNumber",
    "Exif.NikonLd1.LensIDNumber", "Exif.Sony2.LensID",          "Exif.Sony1.LensID",          "Exif.Minolta.LensID",
    "Exif.OlympusEq.LensType",    "Exif.Pentax.LensType",       "Exif.PentaxDng.LensType",    "Exif.Samsung2.LensType",
    "Exif.Panasonic.LensType",
};

// exiv2 shows what it does not know as "(27)", "27", "n/a" or "Unknown".
static bool names_a_lens(str shown)
{
    for (size_t i = 0; i < shown.n; i++)
        if (isalpha((unsigned char)shown.at[i])) return shown.at[0] != '(' && !str_is(shown, "n/a") && !str_starts(shown, S("Unknown"));
    return false;
}

// The focal lengths in a lens's name: "24-70mm", "50mm", "18.0-55.0 mm".
static bool focal_range(str name, double *from, double *to)
{
    for (size_t i = 0; i < name.n; i++) {
        if (!isdigit((unsigned char)name.at[i])) continue;
        size_t end = i;
        while (end < name.n && (isdigit((unsigned char)name.at[end]) || name.at[end] == '.' || name.at[end] == '-')) end++;
        str range = str_slice(name, i, end), rest = str_slice(name, end + (end < name.n && name.at[end] == ' '), name.n);
        ptrdiff_t dash = str_find(range, S("-"));
        str first = dash < 0 ? range : str_slice(range, 0, (size_t)dash),
            last = dash < 0 ? range : str_slice(range, (size_t)dash + 1, range.n);
        if (str_starts(rest, S("mm")) && str_to_double(first, from) && str_to_double(last, to)) return true;
        i = end - 1;
    }
    return false;
}

// Makers of lenses borrow each other's numbers, and exiv2 then shows all that it may be. One that fits what else is said of the lens is taken, else
// one that reaches the focal length of the picture, else the first.
static str likeliest(arena *mem, exiv *e, str shown)
{
    shown = str_replace(mem, shown, S(" *OR* "), S(" | "));
    strs candidates = str_split(mem, str_replace(mem, shown, S(" | "), S("\n")), '\n');
    if (candidates.n < 2) return shown;
    static const char *const texts[] = {"Xmp.aux.Lens", "Exif.Photo.LensModel", "Xmp.exifEX.LensModel"};
    double from, to, a, b;
    for (size_t i = 0; i < countof(texts); i++) {
        if (!focal_range(exiv_text(e, texts[i]), &from, &to)) continue;
        each (name, candidates)
            if (focal_range(*name, &a, &b) && a == from && b == to) return *name;
    }
    str focal = exiv_shown(e, "Exif.Photo.FocalLength"); // "75.0 mm"
    if (str_to_double(str_slice(focal, 0, (size_t)(str_find(focal, S(" ")) < 0 ? 0 : str_find(focal, S(" ")))), &from))
        each (name, candidates)
            if (focal_range(*name, &a, &b) && a <= from && from <= b) return *name;
    return candidates.at[0];
}

// ExifTool's names have no maker where the lens is Nikon's own.
static str in_exiftool_words(const char *key, str shown)
{
    return str_starts(str_of(key), S("Exif.NikonLd")) && str_starts(shown, S("Nikon ")) ? str_slice(shown, 6, shown.n) : shown;
}

// Adobe programs drop the maker's note and keep its number.
static str by_adobe_number(exiv *e)
{
    str number = exiv_text(e, "Xmp.aux.LensID"), make = exiv_text(e, "Exif.Image.Make");
    if (!number.n) return (str){0};
    if (str_is(make, "Canon")) return exiv_explain(e, "Exif.CanonCs.LensType", number);
    if (str_starts(make, S("SONY")) || str_find(make, S("inolta")) >= 0) return exiv_explain(e, "Exif.Minolta.LensID", number);
    return (str){0};
}

// "24-70mm", "50/1.8", "EF50mm f/1.4": a text with a focal length or an aperture says what lens it is.
static bool describes_a_lens(str text)
{
    for (size_t i = 0; i + 1 < text.n; i++)
        if ((text.at[i] == 'm' && text.at[i + 1] == 'm') ||
            (i + 2 < text.n && isdigit((unsigned char)text.at[i]) && text.at[i + 1] == '/' && text.at[i + 2] == 'F'))
            return true;
    return false;
}

str lens_name(arena *mem, exiv *e)
{
    for (size_t i = 0; i < countof(numbered); i++) {
        str shown = str_trim(exiv_shown(e, numbered[i]));
        if (names_a_lens(shown)) return likeliest(mem, e, in_exiftool_words(numbered[i], shown));
    }
    str name = by_adobe_number(e);
    if (names_a_lens(name)) return likeliest(mem, e, name);
    static const char *const texts[] = {"Exif.Photo.LensModel", "Exif.Canon.LensModel", "Xmp.aux.Lens", "Xmp.exifEX.LensModel"};
    for (size_t i = 0; i < countof(texts); i++) {
        str text = str_trim(exiv_text(e, texts[i]));
        if (describes_a_lens(text)) return str_replace(mem, text, S(" mm"), S("mm"));
    }
    return (str){0};
}
