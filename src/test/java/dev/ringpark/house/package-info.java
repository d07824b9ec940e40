/**
 * The rules of the house as tests: who may know whom, checked on the compiled classes, and tidiness, checked on the
 * sources. Each rule is also shown a case that breaks it, so that it is known to bite.
 */
@NullMarked
package dev.ringpark.house;

import org.jspecify.annotations.NullMarked;
