// Socket.IO.
#include "http/internal.h"
bool socketio_wants(http_server *s, exchange *e)
{
    return false;
}
void socketio_request(xch *x)
{
}
void socketio_stop(http_server *s)
{
}
void socketio_free(socketio *s)
{
}
void socketio_setup(http_server *s, socketio_options o)
{
}
void socketio_emit(http_server *s, str room, str event, str args)
{
}
void socketio_disconnect(http_server *s, str room)
{
}
int socketio_clients(http_server *s)
{
    return 0;
}
