/** Rules of the house as tests. */
@NullMarked
package dev.ringpark.house;

import org.jspecify.annotations.NullMarked;
