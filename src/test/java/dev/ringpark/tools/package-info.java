/**
 * Programs that people use, against the samples: redis, PostgreSQL, slowhttptest. All long tests, each skipped where
 * its program is missing, with the Debian package that would bring it.
 */
@NullMarked
package dev.ringpark.tools;

import org.jspecify.annotations.NullMarked;
