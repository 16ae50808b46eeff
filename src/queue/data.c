// What a job carries, to JSON and back. One table says which field has which name; a field that is not set is not written.
#include "queue/data.h"

typedef enum { AS_BOOL, AS_STR, AS_UUID, AS_STRS, AS_IDS } field_type;

#define FIELD(json_name, type, member)                                                                                                     \
    {                                                                                                                                      \
        json_name, type, offsetof(job_data, member)                                                                                        \
    }
static const struct {
    const char *name;
    field_type type;
    size_t at;
} fields[] = {
    FIELD("id", AS_UUID, id),
    FIELD("source", AS_STR, source),
    FIELD("notify", AS_BOOL, notify),
    FIELD("force", AS_BOOL, force),
    FIELD("nightly", AS_BOOL, nightly),
    FIELD("deferred", AS_BOOL, deferred),
    FIELD("deleteOnDisk", AS_BOOL, delete_on_disk),
    FIELD("refreshOnly", AS_BOOL, refresh_only),
    FIELD("files", AS_STRS, files),
    FIELD("type", AS_STR, type),
    FIELD("password", AS_STR, password),
    FIELD("ownerId", AS_UUID, owner_id),
    FIELD("personGroupId", AS_UUID, person_group_id),
    FIELD("clusterGroupId", AS_UUID, cluster_group_id),
    FIELD("recipientId", AS_UUID, recipient_id),
    FIELD("senderName", AS_STR, sender_name),
    FIELD("libraryId", AS_UUID, library_id),
    FIELD("paths", AS_STRS, paths),
    FIELD("assetIds", AS_IDS, asset_ids),
    FIELD("assetId", AS_UUID, asset_id),
    FIELD("workflowId", AS_UUID, workflow_id),
    FIELD("trigger", AS_STR, trigger),
    FIELD("to", AS_STR, to),
    FIELD("subject", AS_STR, subject),
    FIELD("html", AS_STR, html),
    FIELD("text", AS_STR, text),
};

static void key(json_writer *w, const char *name)
{
    json_key(w, str_of(name));
}

static void write_id(json_writer *w, uuid id)
{
    char text[37];
    uuid_write(id, text);
    json_str(w, str_of(text));
}

str job_data_write(arena *mem, const job_data *data)
{
    json_writer w = json_writer_on(mem);
    json_open(&w);
    for (size_t i = 0; i < countof(fields); i++) {
        void *at = (char *)data + fields[i].at;
        switch (fields[i].type) {
        case AS_BOOL: {
            // "force" alone tells false and absent apart (spec 05, 1.6).
            bool given = *(const bool *)at || (at == &data->force && data->has_force);
            if (!given) break;
            key(&w, fields[i].name);
            json_bool(&w, *(const bool *)at);
            break;
        }
        case AS_STR:
            if (!((const str *)at)->at) break;
            key(&w, fields[i].name);
            json_str(&w, *(const str *)at);
            break;
        case AS_UUID:
            if (uuid_nil(*(const uuid *)at)) break;
            key(&w, fields[i].name);
            write_id(&w, *(const uuid *)at);
            break;
        case AS_STRS:
            if (!((const strs *)at)->n) break;
            key(&w, fields[i].name);
            json_open_array(&w);
            each (s, *(strs *)at) json_str(&w, *s);
            json_close_array(&w);
            break;
        case AS_IDS:
            if (!((const ids *)at)->n) break;
            key(&w, fields[i].name);
            json_open_array(&w);
            each (id, *(ids *)at) write_id(&w, *id);
            json_close_array(&w);
            break;
        }
    }
    json_close(&w);
    return buf_str(&w.out);
}

job_data job_data_read(arena *mem, str text)
{
    job_data data = {0};
    const json *object = json_parse(mem, text, NULL);
    for (size_t i = 0; i < countof(fields); i++) {
        const json *j = json_get(object, fields[i].name);
        if (!j) continue;
        void *at = (char *)&data + fields[i].at;
        switch (fields[i].type) {
        case AS_BOOL: *(bool *)at = j->boolean; break;
        case AS_STR:
            if (j->type == JSON_STRING) *(str *)at = j->text;
            break;
        case AS_UUID:
            if (j->type == JSON_STRING) uuid_parse(j->text, at);
            break;
        case AS_STRS:
            for (const json *item = j->first; item; item = item->next) *push(mem, *(strs *)at) = item->text;
            break;
        case AS_IDS:
            for (const json *item = j->first; item; item = item->next) uuid_parse(item->text, push(mem, *(ids *)at));
            break;
        }
    }
    data.has_force = json_get(object, "force") != NULL;
    return data;
}
