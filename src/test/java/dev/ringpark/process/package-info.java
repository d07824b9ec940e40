/** Programs that the tests start and wait for: the C compiler and JVMs of their own. Knows nothing of Ringpark. */
@NullMarked
package dev.ringpark.process;

import org.jspecify.annotations.NullMarked;
