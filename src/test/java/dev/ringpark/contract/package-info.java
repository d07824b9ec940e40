/**
 * What every backend shows its users, in both modes: each test of a subclass of {@code Contract} runs once for each
 * {@code Flavor}. Knows the exported API alone, so that a new backend needs nothing here but a flavor's name.
 */
@NullMarked
package dev.ringpark.contract;

import org.jspecify.annotations.NullMarked;
