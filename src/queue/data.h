// job_data as the JSON text that the job's row holds and that GET /queues/{name}/jobs shows.
#pragma once
#include "queue/queue.h"

str job_data_write(arena *, const job_data *); // "{}" when nothing is set
job_data job_data_read(arena *, str text);     // unknown names and wrong types are passed over
