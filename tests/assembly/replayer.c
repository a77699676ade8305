/* Replays a recording of host/kernel/recorder.ts in a kernel that wasm2c has compiled to C.
 *
 *   replayer RECORDING     prints the hash of each image whose header a call of `snapshot` writes
 *
 * calls.h, which wasm2c.ts writes, has the kernel's calls by name. Ends with 1 at the first call
 * that answers something else than was recorded. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "wasm-rt-impl.h"

typedef struct {
  const char *name;
  double (*call)(Z_kernel_instance_t *, const double *);
} call_t;

/* As JavaScript makes a u32 of a number. */
static uint32_t to_u32(double value) {
  if (!isfinite(value)) return 0;
  double rest = fmod(trunc(value), 4294967296.0);
  return (uint32_t)(int64_t)(rest < 0 ? rest + 4294967296.0 : rest);
}

#include "calls.h"

static const uint8_t *at, *end;

static void take(void *target, size_t length) {
  if ((size_t)(end - at) < length) {
    fprintf(stderr, "the recording ends too early\n");
    exit(2);
  }
  memcpy(target, at, length);
  at += length;
}

static uint8_t take_byte(void) {
  uint8_t value;
  take(&value, 1);
  return value;
}

static uint32_t take_word(void) {
  uint32_t value;
  take(&value, 4);
  return value;
}

static double take_number(void) {
  double value;
  take(&value, 8);
  return value;
}

static const call_t *find(const char *name) {
  for (const call_t *call = calls; call->name; call++) {
    if (strcmp(call->name, name) == 0) return call;
  }
  return NULL;
}

static double answer_of(const call_t *call, Z_kernel_instance_t *kernel, const double *args) {
  if (wasm_rt_impl_try() != 0) return NAN;
  return call->call(kernel, args);
}

static void print_hash(Z_kernel_instance_t *kernel) {
  uint64_t hash;
  uint32_t image = Z_kernelZ_image_address(kernel);
  memcpy(&hash, Z_kernelZ_memory(kernel)->data + image + 32, 8);
  printf("%016llx\n", (unsigned long long)hash);
}

static void read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) exit(2);
  fseek(file, 0, SEEK_END);
  long length = ftell(file);
  rewind(file);
  uint8_t *bytes = malloc(length);
  if (fread(bytes, 1, length, file) != (size_t)length) exit(2);
  fclose(file);
  at = bytes;
  end = bytes + length;
}

int main(int count, char **arguments) {
  static Z_kernel_instance_t kernel;
  static const call_t *named[256];
  if (count != 2) return 2;
  read_file(arguments[1]);
  wasm_rt_init();
  Z_kernel_init_module();
  Z_kernel_instantiate(&kernel);
  if (take_word() != 0x43524450 || take_word() != 1) return 2;
  uint32_t names = take_word();
  for (uint32_t index = 0; index < names; index++) {
    char name[256] = {0};
    take(name, take_byte());
    named[index] = find(name);
  }
  for (uint32_t index = 0; at < end;) {
    if (take_byte() == 1) {
      uint32_t address = take_word();
      uint32_t length = take_word();
      wasm_rt_memory_t *memory = Z_kernelZ_memory(&kernel);
      if (address > memory->size || length > memory->size - address) return 2;
      take(memory->data + address, length);
      continue;
    }
    const call_t *call = named[take_byte()];
    uint8_t arguments_count = take_byte();
    double args[16] = {0};
    for (uint8_t nth = 0; nth < arguments_count && nth < 16; nth++) args[nth] = take_number();
    double expected = take_number();
    double found = call ? answer_of(call, &kernel, args) : NAN;
    if (found != expected && !(isnan(found) && isnan(expected))) {
      fprintf(stderr, "call %u, %s: %.17g, expected %.17g\n", index, call ? call->name : "?", found,
        expected);
      return 1;
    }
    if (call && strcmp(call->name, "snapshot") == 0 && found > 0) print_hash(&kernel);
    index++;
  }
  return 0;
}
