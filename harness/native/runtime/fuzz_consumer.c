/*
 * The consumer that is fuzzed: linked in, or a library that was built by others and is opened here.
 * Of such a library nothing is known but its entry points and where its code lies; unless it brings
 * counters of its own there is no feedback from it beside what it says.
 */
#define _GNU_SOURCE
#include "fuzz.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#pragma weak harness_consume
#pragma weak harness_load
#pragma weak harness_event
#pragma weak harness_unload
#pragma weak LLVMFuzzerTestOneInput
extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

fuzz_consumer harness_fuzz_consumer;

/* Of the linker: the program from its first byte to the end of its code. */
extern const char __executable_start[], etext[];

static uintptr_t base, end;
static bool keeps_frames = true;
static char file[4096];

uintptr_t harness_fuzz_base(void) { return base; }
const char *harness_fuzz_file(void) { return file; }
bool harness_fuzz_keeps_frames(void) { return keeps_frames; }
bool harness_fuzz_is_own_code(uintptr_t address) { return address >= base && address < end; }

static int take_range(struct dl_phdr_info *module, size_t size, void *wanted) {
    (void)size;
    if (module->dlpi_addr != *(const uintptr_t *)wanted) return 0;
    for (size_t i = 0; i < module->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &module->dlpi_phdr[i];
        uintptr_t part_end = module->dlpi_addr + part->p_vaddr + part->p_memsz;
        if (part->p_type == PT_LOAD && (part->p_flags & PF_X) != 0 && part_end > end)
            end = part_end;
    }
    return 1;
}

/* POSIX lets dlsym's result be a function; ISO C knows no such conversion. */
#define FIND(member, name) \
    memcpy(&harness_fuzz_consumer.member, &(void *){dlsym(library, name)}, sizeof(void *))

static void open_library(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) harness_fuzz_fail(dlerror());
    FIND(consume, "harness_consume");
    FIND(load, "harness_load");
    FIND(event, "harness_event");
    FIND(unload, "harness_unload");
    FIND(fuzzer, "LLVMFuzzerTestOneInput");
    struct link_map *map = NULL;
    if (dlinfo(library, RTLD_DI_LINKMAP, &map) != 0) harness_fuzz_fail(dlerror());
    base = map->l_addr;
    dl_iterate_phdr(take_range, &base);
    keeps_frames = false;
    strncpy(file, path, sizeof file - 1);
}

static void take_linked(void) {
    harness_fuzz_consumer = (fuzz_consumer){harness_consume, harness_load, harness_event,
                                            harness_unload, LLVMFuzzerTestOneInput};
    base = (uintptr_t)__executable_start;
    end = (uintptr_t)etext;
    if (readlink("/proc/self/exe", file, sizeof file - 1) < 0) file[0] = '\0';
}

void harness_fuzz_find_consumer(const char *library) {
    if (*library != '\0') open_library(library);
    else take_linked();
    const fuzz_consumer *c = &harness_fuzz_consumer;
    if (c->load == NULL && c->consume == NULL && c->fuzzer == NULL)
        harness_fuzz_fail("it defines none of harness_load, harness_consume, "
                          "LLVMFuzzerTestOneInput");
}
