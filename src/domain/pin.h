/*
 * pin.h
 *		PINs that are made up for a user.
 */
#ifndef DOMAIN_PIN_H
#define DOMAIN_PIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PIN_DEFAULT_LENGTH	6
#define PIN_MIN_LENGTH		3

#define PIN_ALL_KEYS		"0123456789"

extern bool pin_from_random(const uint8_t *random, size_t n_random,
							const char *keys, char *digits, size_t length);
extern bool pin_is_weak(const char *digits, size_t length);

#endif							/* DOMAIN_PIN_H */
