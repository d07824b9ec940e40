/**
 * Echo servers that do the same in different ways: Ringpark, the JDK's blocking calls, Netty. Each knows only its own
 * library, and {@link dev.ringpark.bench.peer.Peer} knows them all by name.
 */
package dev.ringpark.bench.peer;
