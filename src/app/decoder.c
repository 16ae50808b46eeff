// calotype-decoder: what a worker starts to read untrusted bytes. A program of its own, because the libraries that it takes are large and open to
// attack, and no other process should carry them (media/cage.h).
#include "media/media.h"

int main(int argc, char **argv)
{
    return media_decoder_main(argc, argv);
}
