/*
 * Runs a fuzz target without libFuzzer: over each file of the folders (and files) given, and over
 * no bytes at all. This is how a crash that fuzzing has found stays found with any compiler.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static int failures;
static unsigned inputs;

static void complain(const char *path)
{
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    failures = 1;
}

static void replay_file(const char *path, size_t count)
{
    uint8_t *bytes = malloc(count + 1);
    FILE *file = fopen(path, "rb");

    if (!bytes || !file || fread(bytes, 1, count, file) != count) {
        complain(path);
    } else {
        /* an exact block of memory, so that a sanitizer sees the first byte read too far */
        uint8_t *exact = realloc(bytes, count ? count : 1);

        bytes = exact ? exact : bytes;
        LLVMFuzzerTestOneInput(bytes, count);
        inputs++;
    }
    if (file) fclose(file);
    free(bytes);
}

static void replay(const char *path);

static void replay_folder(const char *path)
{
    DIR *folder = opendir(path);

    if (!folder) {
        complain(path);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder));) {
        char inner[4096];

        if (entry->d_name[0] == '.') continue;
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        replay(inner);
    }
    closedir(folder);
}

static void replay(const char *path)
{
    struct stat about;

    if (stat(path, &about)) {
        complain(path);
    } else if (S_ISDIR(about.st_mode)) {
        replay_folder(path);
    } else {
        replay_file(path, (size_t)about.st_size);
    }
}

int main(int argc, char **argv)
{
    static const uint8_t nothing[1];

    LLVMFuzzerTestOneInput(nothing, 0);
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    printf("%u inputs replayed\n", inputs);
    return failures;
}
