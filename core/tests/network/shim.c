/* Stands before the system's look-up of names: what it does is said by VIGIE_TEST_DNS. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int look_up(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    const char *how = getenv("VIGIE_TEST_DNS");
    if (node != NULL && how != NULL && strstr(node, ".test") != NULL) {
        if (strcmp(how, "fails") == 0)
            return EAI_AGAIN;
        if (strcmp(how, "nothing") == 0)
            return EAI_NONAME;
        /* Longer than any test; a slow one answers in the end. */
        sleep(strcmp(how, "slow") == 0 ? 2 : 600);
        node = "127.0.0.1";
    }
    return ((look_up *)dlsym(RTLD_NEXT, "getaddrinfo"))(node, service, hints, found);
}
