#!/usr/bin/env python3
"""Makes C (and TypeScript) out of the contract.

    contract.py api/openapi.json --header contract.h --tables contract.c     structs, descriptors, route table
    contract.py api/openapi.json --routes routes.c [--weak]                  the handlers' addresses, in the order of the route table
    contract.py api/openapi.json --ts contract.ts                            types for the web app

src/contract/schema.h says how JSON types become C types; src/contract/route.h what a route is. What the OpenAPI file cannot say, but
the specification does, stands in the tables right below. A shape that this script does not know is an error, never a guess.
"""
import argparse
import json
import re
import sys

# ---- what the specification adds to the OpenAPI file -------------------------------------------------------------------------------

# Pattern → (name of the format in an issue, C matcher in src/contract/match.h, "expected" words or None).
PATTERNS = {
    r"^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12})$": ("uuid", "match_uuid4", None),
    r"^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12})$": ("uuid", "match_uuid7", None),
    r"^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$": ("uuid", "match_uuid", None),
    r"^\d{6}$": ("regex", "match_pin", None),
    r"^#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$": ("regex", "match_color", None),
    r"^IM(SV|CL)(-[\dA-Za-z]{4}){8}$": ("regex", "match_license", None),
    r"^[^/]*$": ("regex", "match_no_slash", None),
    r"^[a-zA-Z0-9_\-.]+$": ("regex", "match_file_name", None),
    r"^(init\.mp4|seg_\d+\.m4s)$": ("regex", "match_segment", None),
    r"^(?:[01]\d|2[0-3]):[0-5]\d$": ("regex", "match_time", "string in HH:MM format"),
}
# Formats whose pattern, if any, is not spelt out above (the date pattern is a long one).
FORMATS = {
    "date-time": ("datetime", "match_datetime", "ISO 8601 datetime string"),
    "date": ("date", "match_date", "ISO date string (YYYY-MM-DD)"),
    "email": ("email", "match_email", "email"),
    "uri": ("url", "match_url", None),
}
# Refusals in the specification's own words; a matcher makes a free string a checked one (its issue is "custom").
MESSAGES = {
    "getSegment.filename": ("Invalid HLS segment filename", None),  # spec 06, 9
    "TagCreateDto.name": ('Tag name cannot contain slash characters ("/")', None),  # spec 12, 8.3
    "TagUpdateDto.name": ('Tag name cannot contain slash characters ("/")', None),
    "removeUserFromAlbum.userId": ('Must be a UUID v4 or "me"', "match_uuid4_or_me"),  # spec 03, 1.7
    "updateAlbumUser.userId": ('Must be a UUID v4 or "me"', "match_uuid4_or_me"),
    "AdminConfigOAuthDto.issuerUrl": ("Issuer URL must be an empty string or a valid URL", "match_url_or_empty"),  # spec 05, 2.3
    "AdminConfigOAuthDto.endSessionEndpoint": ("endSessionEndpoint must be an empty string or a valid URL", "match_url_or_empty"),
    "AdminConfigOAuthDto.accountManagementUrl": ("Account management URL must be an empty string or a valid URL", "match_url_or_empty"),
    "AdminConfigServerDto.externalDomain": ("External domain must be an empty string or a valid URL", "match_url_or_empty"),
    "PersonCreateDto.birthDate": ("Birth date cannot be in the future", "match_date_or_datetime"),  # spec 04, 2.3: also when unreadable
    "PersonUpdateDto.birthDate": ("Birth date cannot be in the future", "match_date_or_datetime"),
    "PeopleUpdateItem.birthDate": ("Birth date cannot be in the future", "match_date_or_datetime"),
}
LIMITS = {"reverseGeocode.lat": (-90, 90), "reverseGeocode.lon": (-180, 180)}  # spec 03, 8.2
NONE_FITS = {  # spec 02, 9.2
    "AssetEditActionItemDto.parameters": "Invalid parameters for action, expected keys by action: "
    "crop: [x, y, width, height]; rotate: [angle]; mirror: [axis]",
}
ONE_OF = "At least one of the following fields is required: "  # spec 03, 6.3; spec 12, 3.3
COMPARE = "eq, ne, lt, lte, gt, gte"
AT_LEAST_ONE = {
    "MemoryUpdateDto": ONE_OF + "isSaved, seenAt, memoryAt",
    "SearchFilterBranch": "At least one filter condition is required",
    "IdFilter": ONE_OF + "eq, ne",
    "IdFilterNullable": ONE_OF + "eq, ne",
    "IdsFilter": ONE_OF + "any, all, none",
    "StringFilter": ONE_OF + "eq, ne, in, notIn",
    "StringFilterNullable": ONE_OF + "eq, ne, in, notIn",
    "StringPatternFilter": ONE_OF + "eq, ne, in, notIn, like, notLike, startsWith, endsWith",
    "NumberFilter": ONE_OF + COMPARE + ", in, notIn",
    "NumberFilterNullable": ONE_OF + COMPARE + ", in, notIn",
    "DateFilter": ONE_OF + COMPARE,
    "DateFilterNullable": ONE_OF + COMPARE,
    "EnumFilterAssetType": ONE_OF + "eq, ne, in, notIn",
    "EnumFilterAssetVisibility": ONE_OF + "eq, ne, in, notIn",
}
# "cint" and "bool" of the configuration (spec 05, 2.3): numbers as text are fine, booleans as "true" and "false" too, except where it says strict.
COERCED_NUMBERS = {"AdminConfigFFmpegDto." + name for name in ("crf", "threads", "bframes", "refs", "gopSize")}
COERCED_BOOLEANS = re.compile(r"AdminConfig\w*Dto\.\w+$")
STRICT_BOOLEANS = {"AdminConfigIntegrityJobDto.enabled", "AdminConfigIntegrityChecksumJobDto.enabled", "AdminConfigClipDto.enabled",
                   "AdminConfigDuplicateDetectionDto.enabled", "AdminConfigFacialRecognitionDto.enabled", "AdminConfigOcrDto.enabled"}
# Query parameters that the reference declares as JSON values, so that no text ever fits (spec 03, 7.5 and 11.2; spec 05, 10.4).
JSON_ONLY = {"searchLargeAssets." + name for name in
             ("isEncoded", "isFavorite", "isMotion", "isNotInAlbum", "isOffline", "rating", "withDeleted", "withExif")}
JSON_ONLY |= {"searchPlugins.enabled", "searchPluginMethods.enabled", "getIntegrityReport.limit"}
# Text fields of a multipart body that hold JSON (spec 02, 4.3).
JSON_TEXT = {"AssetMediaCreateDto.metadata"}

SAFE = 2**53 - 1
KEYWORDS = set("auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return "
               "short signed sizeof static struct switch typedef typeof union unsigned void volatile while asm bool true false linux unix".split())


def die(message):
    sys.exit("contract.py: " + message)


def c_name(name):
    name = re.sub(r"\W", "_", name)
    return name + "_" if name in KEYWORDS else name


def c_str(text):
    return json.dumps(text, ensure_ascii=False)


def screaming(text):
    text = text.replace("OAuth", "Oauth")
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", text)
    return re.sub(r"\W", "_", text).upper()


class Type:
    """A JSON type as C: the C type of a value, its kind, and the expression that names its descriptor."""

    def __init__(self, kind, c, descriptor, opt=None, many=None):
        self.kind, self.c, self.descriptor = kind, c, descriptor
        self.opt, self.many = opt or "opt_" + c, many or c + "_list"


class Field:
    """A member of a struct."""

    def __init__(self, where, name, of, schema, required, text=False):
        self.name, self.c, self.of = name, c_name(name or "item"), of
        self.default = schema.get("default") if "default" in schema else None
        self.has_default = self.default is not None
        nullable = bool(schema.get("nullable")) and not text
        absent = not required and "default" not in schema
        self.opt = (absent and nullable) or ((absent or nullable) and of.kind in ("INT", "DOUBLE", "BOOL"))
        self.pointer = of.kind == "OBJECT" and (absent or nullable)
        self.inline = of.kind in ("OBJECT", "UNION") and not self.pointer
        flags = []
        if required:
            flags.append("FIELD_REQUIRED")
        if not absent:
            flags.append("FIELD_ALWAYS")
        if nullable:
            flags.append("FIELD_NULLABLE")
        if self.opt:
            flags.append("FIELD_OPT")
        if self.pointer:
            flags.append("FIELD_POINTER")
        if self.has_default:
            flags.append("FIELD_DEFAULT")
        if where in COERCED_NUMBERS or (of.kind == "BOOL" and COERCED_BOOLEANS.match(where) and where not in STRICT_BOOLEANS):
            flags.append("FIELD_COERCE")
        if where in JSON_ONLY:
            flags.append("FIELD_STRICT")
        if where in JSON_TEXT:
            flags.append("FIELD_JSON_TEXT")
        self.flags = flags

    def declaration(self):
        c = self.of.opt if self.opt else self.of.c + " *" if self.pointer else self.of.c
        return f"{c}{'' if c.endswith('*') else ' '}{self.c};"

    def initialiser(self, struct):
        parts = [f'KEY("{self.name}")' if self.name is not None else 'NO_KEY', "|".join(self.flags) or "0",
                 f"offsetof({struct}, {self.c})" if struct else "0", "&" + self.of.descriptor]
        if not self.has_default:
            parts.append("{0}")
        else:
            if self.of.kind == "STR":
                parts.append("{.s = %s}" % c_str(self.default))
            elif self.of.kind == "ENUM":
                parts.append("{%s}" % enum_constant(self.of.c, self.default))
            elif self.of.kind in ("INT", "BOOL"):
                parts.append("{%d}" % self.default)
            else:
                die(f"no default of this type yet: {self.name}")
        return "{" + ", ".join(parts) + "}"


def enum_constant(enum, value):
    return f"{screaming(enum)}_{screaming(str(value))}"


class Struct:
    def __init__(self, name, comment=""):
        self.name, self.comment = name, comment
        self.fields = []
        self.closed = False
        self.union = None  # message when nothing fits, for unions
        self.is_union = False


class Contract:
    def __init__(self, api):
        self.api = api
        self.schemas = api["components"]["schemas"]
        self.enums = {}  # name → values
        self.structs = {}  # name → Struct
        self.opts = {}  # C type → name of its opt_…
        self.lists = {}  # C type → name of its list
        self.scalars = {}  # initialiser → name, in order of first use
        self.formats = {}
        self.named = {}  # schema name → Type
        for name, schema in self.schemas.items():
            self.named_type(name)
        self.routes = [self.route(path, method, op) for path, ops in api["paths"].items() for method, op in ops.items()]
        # Grouped by the number of segments; in a group literals come before parameters, so that the first match is the right one.
        self.routes.sort(key=lambda r: (r["path"].count("/"), [(s.startswith("{"), s) for s in r["path"].split("/")], r["method"]))

    # -- types ---------------------------------------------------------------------------------------------------------------------
    def named_type(self, name):
        if name not in self.named:
            schema = self.schemas[name]
            if "enum" in schema:
                self.named[name] = self.enum(name, schema)
            elif schema.get("type") == "object":
                self.named[name] = Type("OBJECT", name, name + "_schema")
                self.note_object(name)
                self.struct(name, schema)
            else:
                self.named[name] = self.type_of(schema, name)
        return self.named[name]

    def note_object(self, name):
        self.opts[name + " *"] = "opt_" + name
        self.lists[name] = name + "_list"

    def enum(self, name, schema):
        self.enums[name] = schema["enum"]
        self.lists[name] = name + "_list"
        self.opts[name] = "opt_" + name
        return Type("ENUM", name, self.scalar(f'.kind = SCHEMA_ENUM, .size = sizeof({name}), .name = "{name}", .values = &{name}_values', name))

    def scalar(self, initialiser, hint):
        return self.scalars.setdefault(initialiser, f"t{len(self.scalars)}_{hint}")

    def format(self, schema, where, hint):
        pattern, known = schema.get("pattern"), None
        message, matcher = MESSAGES.get(where, (None, None))
        if pattern in PATTERNS:
            known = PATTERNS[pattern]
        elif schema.get("format") in FORMATS:
            known = FORMATS[schema["format"]]
        elif pattern:
            die(f"{where}: no matcher for the pattern {pattern}")
        if matcher:
            known, pattern = (None, matcher, None), None
        if not known:
            return None
        name, matcher, expected = known
        shown = "/" + pattern + "/" + ("u" if r"\p{" in pattern else "") if pattern else None
        text = ", ".join("NULL" if x is None else c_str(x) for x in (name, shown, message, expected)) + ", " + matcher
        return self.formats.setdefault(text, f"f{len(self.formats)}_{hint}")

    def type_of(self, schema, where):
        """where: Struct.field, for the tables above and for the names of what has none."""
        if "$ref" in schema:
            return self.named_type(schema["$ref"].split("/")[-1])
        if len(schema.get("allOf", [])) == 1:
            return self.type_of(schema["allOf"][0], where)
        own = where.replace(".", "_").replace("[]", "")
        if "anyOf" in schema:
            return self.union(own, schema["anyOf"], where)
        kind = schema.get("type")
        if "enum" in schema:
            return self.enum(own, schema)
        if kind == "string":
            return self.string(schema, where)
        if kind in ("integer", "number"):
            low, high = LIMITS.get(where, (None, None))
            return self.number(schema | ({"minimum": low, "maximum": high} if where in LIMITS else {}), kind)
        if kind == "boolean":
            return Type("BOOL", "bool", self.scalar(".kind = SCHEMA_BOOL, .size = sizeof(bool)", "bool"))
        if kind == "array":
            return self.array(schema, where)
        if kind == "object" and "properties" not in schema:
            record = ", .record = true" if schema.get("additionalProperties") == {} else ""
            if "additionalProperties" in schema and not record:
                die(f"{where}: a map of {schema['additionalProperties']}")
            return Type("JSON", "json_any", self.scalar(f".kind = SCHEMA_JSON, .size = sizeof(json_any){record}", "json"))
        if kind == "object":
            self.note_object(own)
            self.struct(own, schema)
            return Type("OBJECT", own, own + "_schema")
        die(f"{where}: cannot express {json.dumps(schema)[:200]}")

    def string(self, schema, where):
        kind, c = {"uuid": ("UUID", "uuid"), "date-time": ("WHEN", "when"), "date": ("DATE", "when")}.get(schema.get("format"), ("STR", "str"))
        form = self.format(schema, where, kind.lower())
        text = f".kind = SCHEMA_{kind}, .size = sizeof({c})"
        if form:
            text += f", .format = &{form}"
        if schema.get("format") == "email":
            text += ", .lower = true"
        if "minLength" in schema:
            text += f", .at_least = {schema['minLength']}"
        if "maxLength" in schema:
            die(f"{where}: maxLength")
        return Type(kind, c, self.scalar(text, kind.lower()), "opt_" + c, {"uuid": "ids", "str": "strs", "when": "when_list"}[c])

    def number(self, schema, kind):
        whole = kind == "integer"
        text = f".kind = SCHEMA_{'INT' if whole else 'DOUBLE'}, .size = sizeof({'int64_t' if whole else 'double'})"
        for bound, edge in (("minimum", -SAFE), ("maximum", SAFE)):
            if bound in schema and not (whole and schema[bound] == edge):
                text += f", .has_{bound} = true, .{bound} = {schema[bound]}"
        if schema.get("exclusiveMinimum"):
            text += ", .above = true"
        if whole:
            return Type("INT", "int64_t", self.scalar(text, "int"), "opt_int", "int_list")
        return Type("DOUBLE", "double", self.scalar(text, "double"), "opt_double", "double_list")

    def array(self, schema, where):
        items = schema["items"]
        of = self.type_of(items, where + "[]")
        item = Field(where + "[]", None, of, items, True)
        c = item.of.opt + "_list" if item.opt else of.many
        if item.pointer or of.kind == "UNION":
            die(f"{where}: a list of such items")
        text = f".kind = SCHEMA_LIST, .size = sizeof({c}), .n = 1, .fields = (const field[]){{{item.initialiser(None)}}}"
        if "minItems" in schema:
            text += f", .at_least = {schema['minItems']}"
        if "maxItems" in schema:
            text += f", .at_most = {schema['maxItems']}"
        if c not in ("ids", "strs"):
            self.opts[c] = "opt_" + c
        return Type("LIST", c, self.scalar(text, "list"), "opt_" + c)

    def union(self, name, choices, where):
        struct = Struct(name)
        struct.is_union, struct.union = True, NONE_FITS.get(where)
        names = [choice["$ref"].split("/")[-1] for choice in choices]
        end = 0
        while all(n[-1 - end] == names[0][-1 - end] and len(n) > end + 1 for n in names):
            end += 1
        for n in names:
            short = n[:-end] if end else n
            field = Field(where, short[0].lower() + short[1:], self.named_type(n), {}, False)
            struct.fields.append(field)
        self.structs[name] = struct
        return Type("UNION", name, name + "_schema")

    def struct(self, name, schema):
        struct = self.structs[name] = Struct(name, schema.get("description", ""))
        struct.closed = schema.get("additionalProperties") is False
        required = schema.get("required", [])
        for key, value in schema.get("properties", {}).items():
            if value.get("format") == "binary":
                continue  # file parts go to the sink of the upload, not through here
            of = self.type_of(value, f"{name}.{key}")
            struct.fields.append(Field(f"{name}.{key}", key, of, value, key in required))
        if schema.get("minProperties", 0) and name not in AT_LEAST_ONE:
            die(f"{name}: minProperties without words")

    # -- operations ----------------------------------------------------------------------------------------------------------------
    def route(self, path, method, op):
        name = op["operationId"]
        struct = self.structs[name + "_in"] = Struct(name + "_in", f"{method.upper()} {path}")
        counts = {}
        order = {n: i for i, n in enumerate(re.findall(r"{(\w+)}", path))}
        for where in ("path", "query", "header"):
            found = [p for p in op["parameters"] if p["in"] == where]
            if where == "path":
                found.sort(key=lambda p: order[p["name"]])
                if len(found) != len(order):
                    die(f"{name}: path parameters")
            counts[where] = len(found)
            for p in found:
                of = self.type_of(p["schema"], f"{name}.{p['name']}")
                struct.fields.append(Field(f"{name}.{p['name']}", p["name"], of, p["schema"], p["required"], text=True))
        body = "NONE"
        for media, content in op.get("requestBody", {}).get("content", {}).items():
            body = "MULTIPART" if media == "multipart/form-data" else "JSON"
            schema = content["schema"]
            struct.fields.append(Field(f"{name}.body", "body", self.type_of(schema, f"{name}.body"), schema, True))
        names = [f.c for f in struct.fields]
        if len(set(names)) < len(names):
            die(f"{name}: two inputs of the same name")

        answer, out = "NONE", None
        status = max(code for code in op["responses"] if code.startswith("2"))  # uploadAsset: 201, its handler says when it is 200
        for media, content in op["responses"][status].get("content", {}).items():
            schema = content["schema"]
            if media == "application/json":
                answer, out = "JSON", self.type_of(schema, name + "_out")
            elif schema.get("format") == "binary":
                answer = "BINARY"
            else:
                answer, out = "TEXT", self.type_of(schema, name + "_out")
        public = op["x-calotype-auth"] == "public"
        permission = None if public or op.get("x-calotype-any-key") else op.get("x-immich-permission", "all")
        return {"operation": name, "method": method.upper(), "path": path, "permission": permission, "public": public,
                "admin": op.get("x-immich-admin-only", False), "link": op.get("x-calotype-shared-link", False),
                "patch": op.get("x-calotype-also-patch", False), "body": body, "answer": answer, "status": status, "counts": counts, "out": out}

    # -- C -------------------------------------------------------------------------------------------------------------------------
    def sorted_structs(self):
        done = {}

        def visit(name, above):
            if name in above:
                die(f"{name} contains itself: make a member optional")
            if name not in done:
                for f in self.structs[name].fields:
                    if f.inline:
                        visit(f.of.c, above + [name])
                done[name] = self.structs[name]

        for name in self.structs:
            visit(name, [])
        return done.values()

    def header(self):
        out = ["// Made from api/openapi.json by tools/contract.py. src/contract/schema.h says how to read it.", "#pragma once",
               '#include "contract/route.h"', "", "// ---- enums " + "-" * 120]
        constants = set()
        for name, values in self.enums.items():
            names = [enum_constant(name, v) for v in values]
            if constants & set(names) or len(set(names)) < len(names):
                die(f"{name}: two constants of the same name")
            constants |= set(names)
            out.append(f"typedef enum {{ {screaming(name)}_NONE_, {', '.join(names)} }} {name};")
            out.append(f"extern const enum_values {name}_values;")
            out.append(f"static inline str {name}_text({name} x) {{ return enum_text(&{name}_values, (int)x); }}")
            out.append(f"static inline {name} {name}_parse(str s) {{ return ({name})enum_parse(&{name}_values, s); }}")
        out += ["", "// ---- structs " + "-" * 118]
        out += [f"typedef struct {name} {name};" for name in self.structs]
        out += [f"typedef LIST({c}) {name};" for c, name in self.lists.items()]
        used = {f.of.opt for s in self.structs.values() for f in s.fields if f.opt}
        out += [f"typedef OPT_OF({c}) {name};" for c, name in self.opts.items() if name in used and name not in ("opt_ids", "opt_strs")]
        for struct in self.sorted_structs():
            out.append("")
            if struct.comment:
                out.append("// " + " ".join(struct.comment.split()))
            out.append(f"struct {struct.name} {{")
            out += ["    " + f.declaration() for f in struct.fields] or ["    char nothing_;"]
            out.append("};")
        out += ["", "// ---- answers " + "-" * 118]
        for r in self.routes:
            out.append(self.answer_type(r))
        out += ["", "// ---- descriptors " + "-" * 114]
        out += [f"extern const schema {name}_schema;" for name in self.structs]
        return "\n".join(out) + "\n"

    @staticmethod
    def answer_type(r):
        name, of = r["operation"] + "_out", r["out"]
        if of is None:
            return f"typedef struct {{ char nothing_; }} {name};"
        if of.kind == "OBJECT":
            return f"typedef {of.c} {name};"
        return f"typedef struct {{ {of.c} {'items' if of.kind == 'LIST' else 'value'}; }} {name};"

    def tables(self):
        out = ["// Made from api/openapi.json by tools/contract.py.", '#include "contract.h"', '#include "contract/match.h"', "",
               '#define KEY(name) ",\\"" name "\\":", sizeof(name) + 3', "#define NO_KEY NULL, 0",
               "#define T(text) {(char *)text, sizeof(text) - 1}", ""]
        for name, values in self.enums.items():
            numbers = all(isinstance(v, int) for v in values)
            out.append(f"static const str {name}_texts[] = {{{', '.join('T(' + c_str(str(v)) + ')' for v in values)}}};")
            out.append(f"const enum_values {name}_values = {{{name}_texts, {len(values)}, {'true' if numbers else 'false'}}};")
        out.append("")
        out += [f"static const format {name} = {{{text}}};" for text, name in self.formats.items()]
        out += [f"static const schema {name} = {{{text}}};" for text, name in self.scalars.items()]
        out += ["", f"static schema_rule *rules[{len(self.structs)}];"]
        for number, struct in enumerate(self.structs.values()):
            text = f'.kind = SCHEMA_{"UNION" if struct.is_union else "OBJECT"}, .size = sizeof({struct.name}), .name = "{struct.name}"'
            if struct.fields:
                out.append(f"static const field {struct.name}_fields[] = {{")
                out += [f"    {f.initialiser(struct.name)}," for f in struct.fields]
                out.append("};")
                text += f", .fields = {struct.name}_fields, .n = {len(struct.fields)}"
            if struct.closed:
                text += ", .closed = true"
            if struct.name in AT_LEAST_ONE:
                text += f", .one_of = {c_str(AT_LEAST_ONE[struct.name])}"
            if struct.union:
                text += f", .none_fits = {c_str(struct.union)}"
            if not struct.is_union:
                text += f", .rule = &rules[{number}]"
            out.append(f"const schema {struct.name}_schema = {{{text}}};")
        out += ["", "const route routes[] = {"]
        for r in self.routes:
            marks = (("public", "is_public"), ("admin", "admin_only"), ("link", "shared_link"), ("patch", "also_patch"))
            flags = "".join(f", .{c} = true" for key, c in marks if r[key])
            permission = f', .permission = "{r["permission"]}"' if r["permission"] else ""
            schema = f", .out = &{r['out'].descriptor}" if r["out"] else ""
            counts = "".join(f", .{k}_n = {n}" for k, n in r["counts"].items() if n)
            out.append(f'    {{.operation = "{r["operation"]}", .method = "{r["method"]}", .path = "{r["path"]}"{permission}{flags}, '
                       f'.body = BODY_{r["body"]}, .answer = ANSWER_{r["answer"]}, .status = {r["status"]}, '
                       f'.in = &{r["operation"]}_in_schema{counts}{schema}, .out_size = sizeof({r["operation"]}_out)}},')
        depths = [r["path"].count("/") for r in self.routes]
        spans = [sum(d < depth for d in depths) for depth in range(max(depths) + 2)]
        out += ["};", "const size_t route_count = countof(routes);", f"const uint16_t route_spans[] = {{{', '.join(map(str, spans))}}};",
                f"const size_t route_depth = {max(depths)};"]
        return "\n".join(out) + "\n"

    def handlers(self, weak):
        mark = " __attribute__((weak))" if weak else ""
        out = ["// Made from api/openapi.json by tools/contract.py: the handlers' addresses, in the order of the route table.",
               '#include "contract.h"', '#include "contract/handler.h"', ""]
        for r in self.routes:
            name = r["operation"]
            out.append(f"extern void {name}_handler(struct request *, struct db *, arena *, const {name}_in *, {name}_out *){mark};")
        out += ["", "handler *const route_handlers[] = {"]
        out += [f"    (handler *){r['operation']}_handler," for r in self.routes]
        out.append("};")
        return "\n".join(out) + "\n"

    # -- TypeScript ----------------------------------------------------------------------------------------------------------------
    def ts_type(self, schema, indent=""):
        if "$ref" in schema:
            text = schema["$ref"].split("/")[-1]
        elif "allOf" in schema or "anyOf" in schema:
            text = " | ".join(self.ts_type(s, indent) for s in schema.get("allOf") or schema["anyOf"])
        elif "enum" in schema:
            text = " | ".join(json.dumps(v) for v in schema["enum"])
        elif schema.get("type") == "array":
            text = f"Array<{self.ts_type(schema['items'], indent)}>"
        elif schema.get("properties"):
            text = "{\n" + "".join(indent + "  " + line + "\n" for line in self.ts_members(schema, indent + "  ")) + indent + "}"
        elif schema.get("format") == "binary":
            text = "Blob"
        else:
            plain = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}
            text = plain.get(schema.get("type"), "Record<string, unknown>")
        return text + (" | null" if schema.get("nullable") else "")

    def ts_members(self, schema, indent):
        required = schema.get("required", [])
        return [f"{key}{'' if key in required else '?'}: {self.ts_type(value, indent)};" for key, value in schema.get("properties", {}).items()]

    def ts_input(self, op):
        parts = []
        for p in op["parameters"]:
            name = p["name"] if p["name"].isidentifier() else json.dumps(p["name"])
            parts.append(f'{name}{"" if p["required"] else "?"}: {self.ts_type(p["schema"])}')
        parts += [f'body: {self.ts_type(content["schema"])}' for content in op.get("requestBody", {}).get("content", {}).values()]
        return "{ " + "; ".join(parts) + " }" if parts else "Record<string, never>"

    def ts_output(self, op):
        for _, response in sorted(op["responses"].items()):
            for content in response.get("content", {}).values():
                return self.ts_type(content["schema"])
            return "void"

    def typescript(self):
        out = ["// Made from api/openapi.json by tools/contract.py: the types, and for every operation its method, path, input and output.", ""]
        for name, schema in self.schemas.items():
            if schema.get("description"):
                out.append(f"/** {' '.join(schema['description'].split())} */")
            out.append(f"export type {name} = {self.ts_type(schema)};")
        out += ["", "export interface Operations {"]
        paths = ["", "export const operations = {"]
        for path, ops in self.api["paths"].items():
            for method, op in ops.items():
                out.append(f"  {op['operationId']}: {{ in: {self.ts_input(op)}; out: {self.ts_output(op)} }};")
                query = [p["name"] for p in op["parameters"] if p["in"] == "query"]
                paths.append(f'  {op["operationId"]}: {{ method: "{method.upper()}", path: "{path}", query: {json.dumps(query)} }},')
        paths.append("} as const satisfies Record<keyof Operations, { method: string; path: string; query: readonly string[] }>;")
        return "\n".join(out + ["}"] + paths) + "\n"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("openapi")
    arguments.add_argument("--header")
    arguments.add_argument("--tables")
    arguments.add_argument("--routes")
    arguments.add_argument("--weak", action="store_true", help="an operation without a handler links, with a NULL in its place")
    arguments.add_argument("--ts")
    asked = arguments.parse_args()
    with open(asked.openapi, encoding="utf-8") as f:
        contract = Contract(json.load(f))
    for path, text in ((asked.header, contract.header), (asked.tables, contract.tables), (asked.routes, lambda: contract.handlers(asked.weak)),
                       (asked.ts, contract.typescript)):
        if path:
            with open(path, "w", encoding="utf-8") as f:
                f.write(text())


if __name__ == "__main__":
    main()
