/** Files for backends whose platform has no queue for them: plain calls on a few threads beside the loop. */
@NullMarked
package dev.ringpark.internal.backend.files;

import org.jspecify.annotations.NullMarked;
