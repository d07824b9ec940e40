/**
 * The contract every backend fulfils: submit, cancel, poll, wake, close. The three queues beneath its name do
 * not know each other, only the rooms of descriptors and files; and nothing above knows which of them it talks to.
 */
@NullMarked
package dev.ringpark.internal.backend;

import org.jspecify.annotations.NullMarked;
