// What sdk/ABI.md offers to a guest, as far as the guests here use it.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define ACRHOST(name) __attribute__((import_module("acrhost_v1"), import_name(#name)))

ACRHOST(input_len) size_t input_len(void);
ACRHOST(input_read) size_t input_read(char *to, size_t cap, size_t off);
ACRHOST(output_write) void output_write(const char *from, size_t len);

// STEP declares the export that the host calls: 0 means that the output was written.
#define STEP __attribute__((export_name("acrhost_step_v1"))) int32_t step(void)
