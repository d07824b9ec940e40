/**
 * The backend of last resort: pure java.nio over a selector, the same everywhere and without native access. It may know
 * the contract, operations, handles, the names of errors, and the threads that do files; no other backend and no
 * system's room.
 */
@NullMarked
package dev.ringpark.internal.backend.selector;

import org.jspecify.annotations.NullMarked;
