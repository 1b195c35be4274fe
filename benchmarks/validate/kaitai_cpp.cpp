// Kaitai's generated C++ behind two C functions: definitions that are read once, and channel files
// that are parsed with all their parse instances. What is thrown is a refusal.

#include "channel_file.h"
#include "template_definitions.h"

#include <cstddef>
#include <exception>
#include <string>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

struct definitions {
    kaitai::kstream stream;
    template_definitions_t parsed;
    explicit definitions(const std::string &bytes) : stream(bytes), parsed(&stream) {}
};

// What is read at its first use only: the index, the pool, and the text of each criterion.
size_t read_instances(channel_file_t &file) {
    size_t read = file.index()->size() + file.pool()->_io()->size();
    for (auto *instance : *file.instances())
        for (auto *criterion : *instance->criteria())
            read += criterion->text().size();
    return read;
}

} // namespace

EXPORT definitions *kaitai_definitions(const char *data, size_t size) {
    try {
        return new definitions(std::string(data, size));
    } catch (const std::exception &) {
        return nullptr;
    }
}

EXPORT int kaitai_channel(definitions *with, const char *data, size_t size) {
    try {
        kaitai::kstream stream(std::string(data, size));
        channel_file_t file(&with->parsed, &stream);
        return read_instances(file) > 0;
    } catch (const std::exception &) {
        return 0;
    }
}
