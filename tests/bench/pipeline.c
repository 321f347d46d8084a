/*
 * What a download and its conversion take at best: ranges of a file arrive in a ring in one thread,
 * the limit program (limit.c) makes arrays of them in another. No ODBC, no signatures, no checks.
 *
 *     pipeline URL CERTIFICATES TYPES native|char|wide checked|unchecked
 *
 * Prints what tests/clients/bulk_fetch.c prints. The ring is mapped twice, the second time right
 * behind the first, so that a record never has to be put together:
 *
 *     ring   [ part 6 | part 7 | part 8 | part 5 ][ part 6 | part 7 | ...      the same memory
 *                               ^ written   ^ read: part 5 and what follows it
 */
#include "csv_columns.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <curl/curl.h>

enum { PARTS = 8, TRANSFERS = 4, ROWSET = 1000 };
static const size_t PART_BYTES = 4 << 20;
#define RING_BYTES (PARTS * PART_BYTES)

struct ring {
    char *bytes;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t size, filled, read; /* of the file; all before filled has come */
};

static struct ring ring = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
static const char *url, *certificates;

static void stop(const char *what)
{
    fprintf(stderr, "pipeline: %s\n", what);
    exit(1);
}

static void map_twice(void)
{
    int fd = memfd_create("ring", 0);
    char *room = mmap(NULL, 2 * RING_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (fd < 0 || room == MAP_FAILED || ftruncate(fd, (off_t)RING_BYTES)) stop("no memory");
    for (int i = 0; i < 2; i++)
        if (mmap(room + (size_t)i * RING_BYTES, RING_BYTES, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
            stop("no mapping");
    close(fd);
    ring.bytes = room;
}

/* ---- receiving ------------------------------------------------------------------------------ */

struct transfer {
    CURL *easy;
    uint64_t first, at, end; /* of the file; at: where the next byte goes */
};

static size_t receive(char *bytes, size_t one, size_t count, void *context)
{
    struct transfer *t = context;

    (void)one;
    if (count > t->end - t->at) return 0;
    memcpy(ring.bytes + t->at % RING_BYTES, bytes, count);
    t->at += count;
    return count;
}

static void ask(CURLM *multi, struct transfer *t, uint64_t first)
{
    char range[64];

    t->first = t->at = first;
    t->end = first + PART_BYTES < ring.size ? first + PART_BYTES : ring.size;
    snprintf(range, sizeof range, "%llu-%llu", (unsigned long long)first,
             (unsigned long long)t->end - 1);
    curl_easy_setopt(t->easy, CURLOPT_RANGE, range);
    curl_multi_add_handle(multi, t->easy);
}

/* Tells the reader how far the file has come, which is up to the first part that is not whole. */
static void publish(const struct transfer *transfers, uint64_t asked)
{
    uint64_t filled = asked;

    for (int i = 0; i < TRANSFERS; i++)
        if (transfers[i].at < transfers[i].end && transfers[i].at < filled)
            filled = transfers[i].at;
    pthread_mutex_lock(&ring.lock);
    if (filled > ring.filled) {
        ring.filled = filled;
        pthread_cond_signal(&ring.changed);
    }
    pthread_mutex_unlock(&ring.lock);
}

static bool has_room(uint64_t asked)
{
    bool yes;

    pthread_mutex_lock(&ring.lock);
    yes = asked + PART_BYTES <= ring.read + RING_BYTES;
    pthread_mutex_unlock(&ring.lock);
    return yes;
}

static CURL *new_easy(void *context)
{
    CURL *easy = curl_easy_init();

    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_CAINFO, certificates);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 512L * 1024);
    curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
    return easy;
}

static void *receive_all(void *unused)
{
    struct transfer transfers[TRANSFERS] = {{0}};
    CURLM *multi = curl_multi_init();
    uint64_t asked = 0;
    int running, left;
    CURLMsg *told;

    for (int i = 0; i < TRANSFERS; i++)
        transfers[i].easy = new_easy(&transfers[i]);
    while (true) {
        for (int i = 0; i < TRANSFERS; i++) {
            struct transfer *t = &transfers[i];

            if (t->at < t->end || asked >= ring.size || !has_room(asked)) continue;
            if (t->end) curl_multi_remove_handle(multi, t->easy);
            ask(multi, t, asked);
            asked = t->end;
        }
        curl_multi_perform(multi, &running);
        while ((told = curl_multi_info_read(multi, &left)))
            if (told->data.result) stop(curl_easy_strerror(told->data.result));
        publish(transfers, asked);
        if (ring.filled >= ring.size) break;
        curl_multi_poll(multi, NULL, 0, running ? 100 : 1, NULL);
    }
    (void)unused;
    return NULL; /* the process ends, which frees everything */
}

static void learn_size(void)
{
    CURL *easy = new_easy(NULL);
    curl_off_t size = 0;

    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (curl_easy_perform(easy)) stop("no answer");
    curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
    ring.size = (uint64_t)size;
    curl_easy_cleanup(easy);
}

/* ---- converting ----------------------------------------------------------------------------- */

/* Bytes from `from` on; waits until there are some more than `have`, or the file is at its end. */
static size_t wait_for_bytes(uint64_t from, size_t have)
{
    size_t count;

    pthread_mutex_lock(&ring.lock);
    ring.read = from;
    while (ring.filled - from <= have && ring.filled < ring.size)
        pthread_cond_wait(&ring.changed, &ring.lock);
    count = (size_t)(ring.filled - from);
    pthread_mutex_unlock(&ring.lock);
    return count;
}

static uint64_t convert_all(struct csv_columns *c, struct column *columns, bool is_checked)
{
    uint64_t rows = 0, from = 0;
    bool has_names = false;
    size_t have = 0;

    while (from < ring.size) {
        have = wait_for_bytes(from, have);
        csv_columns_feed(c, ring.bytes + from % RING_BYTES, have);
        if (!has_names) has_names = csv_columns_next(c, 1) > 0;
        if (has_names) rows += csv_columns_convert_all(c, ROWSET, columns, is_checked);
        from += c->at;
        have -= c->at;
    }
    return rows;
}

int main(int argc, char **argv)
{
    static struct column columns[COLUMNS_MAX];
    struct csv_columns c;
    struct took took;
    pthread_t receiver;
    uint64_t rows;

    if (argc != 6) {
        fprintf(stderr, "pipeline URL CERTIFICATES TYPES native|char|wide checked|unchecked\n");
        return 2;
    }
    url = argv[1];
    certificates = argv[2];
    csv_columns_init(&c, argv[3]);
    csv_columns_room(&c, argv[4], ROWSET, columns);
    map_twice();
    curl_global_init(CURL_GLOBAL_ALL);
    took = took_begin();
    learn_size();
    if (pthread_create(&receiver, NULL, receive_all, NULL)) stop("no thread");
    rows = convert_all(&c, columns, strcmp(argv[5], "checked") == 0);
    pthread_join(receiver, NULL);
    took_print(&took, 0, rows, columns, (int)c.width);
    return 0;
}
