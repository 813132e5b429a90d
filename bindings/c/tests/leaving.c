/* Logs 10 000 records and leaves in one of the ways that run exit handlers, without a flush.
 * Usage: leaving return|exit|thread|dlclose <file> <library> */
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vigie.h>

typedef int32_t init_function(const uint8_t *, size_t);
typedef int32_t log_function(int32_t, const uint8_t *, size_t, const uint8_t *, size_t, uint64_t);

static const char *way;

static int log_all(init_function *init, log_function *log, const char *path)
{
    char config[1024];
    int i;

    snprintf(config, sizeof config, "{\"service\":\"leaving\",\"outputs\":[{\"to\":\"file\",\"path\":\"%s\"}]}", path);
    if (init((const uint8_t *)config, strlen(config)) != VIGIE_OK)
        return 1;
    for (i = 0; i < 10000; i++)
        if (log(VIGIE_INFO, VIGIE_TEXT("last words"), VIGIE_TEXT("{\"n\":1}"), 0) != VIGIE_OK)
            return 1;
    return 0;
}

static void *in_thread(void *path)
{
    exit(log_all(vigie_init, vigie_log, path));
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t thread;

    if (argc != 4)
        return 2;
    way = argv[1];
    if (strcmp(way, "thread") == 0) {
        if (pthread_create(&thread, NULL, in_thread, argv[2]) == 0)
            pthread_join(thread, NULL);
        return 3;
    }
    if (strcmp(way, "dlclose") == 0) {
        void *library = dlopen(argv[3], RTLD_NOW | RTLD_LOCAL);
        init_function *init;
        log_function *log;
        int result;
        if (library == NULL)
            return 4;
        /* The POSIX idiom for a function from dlsym, clean under -pedantic. */
        *(void **)&init = dlsym(library, "vigie_init");
        *(void **)&log = dlsym(library, "vigie_log");
        result = log_all(init, log, argv[2]);
        return dlclose(library) != 0 ? 5 : result;
    }
    if (log_all(vigie_init, vigie_log, argv[2]) != 0)
        return 1;
    if (strcmp(way, "exit") == 0)
        exit(0);
    return 0;
}
