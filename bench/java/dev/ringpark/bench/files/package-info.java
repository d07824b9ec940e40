/** Random reads of one file by a loop, by the JDK and by fio: who reads how much, and what it costs. */
@NullMarked
package dev.ringpark.bench.files;

import org.jspecify.annotations.NullMarked;
