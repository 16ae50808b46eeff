// Storage templates and CLIP models that may be configured.                                                   spec 05, 2.3 and 3.2
#include "features/clip_models.h"
#include "features/storage_template.h"
#include "test.h"

TEST("templates that can be rendered")
{
    each_text (t, "", "plain", "{{y}}/{{MM}}/{{filename}}", "{{{filename}}}.{{ext}}", "{{ y }}", "{{! a note }}{{y}}", "{{!-- }} --}}{{y}}",
               "{{y}}/{{#if album}}{{album}}{{else}}Other/{{MM}}{{/if}}/{{filename}}",
               "{{#if album}}{{album-startDate-y}}/{{album}}{{else}}{{y}}/Other/{{MM}}{{/if}}/{{filename}}",
               "{{#unless unknown}}{{assetId}}{{/unless}}", "{{#if a}}{{#if b}}{{y}}{{/if}}{{else}}{{assetIdShort}}{{/if}}",
               "{{make}}/{{model}}/{{lensModel}}/{{filetype}}/{{filetypefull}}/{{SSS}}", "} }} {") {
        if (!storage_template_valid(str_of(*t))) test_failed(__FILE__, __LINE__, "refused: %s", *t);
    }
}

TEST("templates that cannot")
{
    each_text (t, "{{", "{{y", "{{}}", "{{nonsense}}", "{{Y}}", "{{#if album}}{{y}}", "{{#if album}}{{y}}{{/unless}}", "{{/if}}",
               "{{else}}", "{{#if}}{{/if}}", "{{#if a b}}{{/if}}", "{{#if a}}{{else}}{{else}}{{/if}}", "{{> partial}}",
               "{{album-startDate-}}", "{{album-startDate-album}}", "{{{y}}", "{{y z}}") {
        if (storage_template_valid(str_of(*t))) test_failed(__FILE__, __LINE__, "let through: %s", *t);
    }
}

TEST("a CLIP model is known by its last name")
{
    check_int(clip_dimensions(S("ViT-B-32__openai")), 512);
    check_int(clip_dimensions(S("immich-app/ViT-B-32__openai")), 512);
    check_int(clip_dimensions(S("ViT-B-32::openai")), 512);
    check_int(clip_dimensions(S("XLM-Roberta-Large-Vit-L-14")), 768);
    check_int(clip_dimensions(S("ViT-gopt-16-SigLIP2-384__webli")), 1536);
    check_int(clip_dimensions(S("ViT-B-32__opena")), 0);
    check_int(clip_dimensions(S("")), 0);
    check_int(clip_dimensions(S("x/")), 0);
}
