// What strings of a certain kind look like. Each matcher stands for one pattern of the contract (the table is in tools/contract.py).
#pragma once
#include "base/base.h"

bool match_uuid(str); // versions 1 to 8, nil and max
bool match_uuid4(str);
bool match_uuid7(str);
bool match_uuid4_or_me(str);
bool match_datetime(str); // with T and Z or ±hh:mm; seconds and decimals optional; a real day
bool match_date(str);     // YYYY-MM-DD, a real day
bool match_date_or_datetime(str);
bool match_time(str);  // HH:MM
bool match_email(str); // spec 12, section 12: letters, marks and digits of any script
bool match_url(str);   // what the URL standard takes as absolute; any scheme
bool match_url_or_empty(str);
bool match_pin(str);   // six digits
bool match_color(str); // 3, 4, 6 or 8 hexadecimal digits, # optional
bool match_license(str);
bool match_no_slash(str);
bool match_file_name(str); // letters, digits, _ - .
bool match_segment(str);   // init.mp4 or seg_<n>.m4s
