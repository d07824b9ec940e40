/**
 * The programs of the bench: {@code Serve} (one echo server), {@code Load} (the load generator), {@code Run} (all peers
 * side by side) and {@code Demo}; {@code ClassPath} tells the scripts what to start them with. They know the packages
 * below them; nothing below knows them.
 */
package dev.ringpark.bench;
