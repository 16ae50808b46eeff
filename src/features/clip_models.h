// The CLIP models that machine learning knows.
#pragma once
#include "base/base.h"

// The length of the vectors that a model gives; 0 for an unknown one. The name may have an owner before it ("org/ViT-B-32__openai").
int clip_dimensions(str model);
