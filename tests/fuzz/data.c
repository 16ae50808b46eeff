// What a job carries is read as it was written.
#include "queue/data.h"
#include "fuzz.h"

FUZZ
{
    job_data data = job_data_read(mem, input);
    str once = job_data_write(mem, &data);
    data = job_data_read(mem, once);
    must(str_eq(job_data_write(mem, &data), once));
}
