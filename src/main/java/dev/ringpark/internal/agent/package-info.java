/**
 * The jar as a Java agent: gives Ringpark at start-up what otherwise two flags give. Knows {@code internal.jdk}; nobody
 * knows it but the manifest and the JVM.
 */
@NullMarked
package dev.ringpark.internal.agent;

import org.jspecify.annotations.NullMarked;
