/*
 * The generator of src/base/random.ts from its published sources: xoshiro128** 1.1 (Blackman and Vigna, 2018,
 * public domain), its state filled by splitmix32 (the 32-bit variant of Steele, Lea and Flood 2014 with the
 * multipliers 0x21f0aaad and 0x735a2d97).
 *
 *     gcc -O2 -o /tmp/xoshiro xoshiro128starstar.c -lm && /tmp/xoshiro > xoshiro128starstar.json
 *
 * For each seed: the first eight draws, then from the same stream on two uniforms of 53 bits.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

static uint32_t s[4];
static uint32_t mix_state;

static uint32_t rotl(const uint32_t x, int k) { return (x << k) | (x >> (32 - k)); }

static uint32_t next(void) {
  const uint32_t result = rotl(s[1] * 5, 7) * 9;
  const uint32_t t = s[1] << 9;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotl(s[3], 11);
  return result;
}

static uint32_t splitmix32(void) {
  uint32_t z = (mix_state += 0x9e3779b9);
  z ^= z >> 16;
  z *= 0x21f0aaad;
  z ^= z >> 15;
  z *= 0x735a2d97;
  z ^= z >> 15;
  return z;
}

static double uniform(void) {
  const uint64_t high = next() >> 5;
  const uint64_t low = next() >> 6;
  return (double)(high * 67108864ull + low) / 9007199254740992.0;
}

int main(void) {
  const uint32_t seeds[] = {0, 1, 42, 2147483648u, 4294967295u};
  const int count = sizeof seeds / sizeof *seeds;
  printf("[\n");
  for (int index = 0; index < count; index++) {
    mix_state = seeds[index];
    for (int word = 0; word < 4; word++) s[word] = splitmix32();
    printf("  { \"seed\": %" PRIu32 ", \"uint32\": [", seeds[index]);
    for (int draw = 0; draw < 8; draw++) printf("%s%" PRIu32, draw == 0 ? "" : ", ", next());
    const double first = uniform();
    const double second = uniform();
    printf("], \"uniform\": [%.17g, %.17g] }%s\n", first, second, index == count - 1 ? "" : ",");
  }
  printf("]\n");
  return 0;
}
