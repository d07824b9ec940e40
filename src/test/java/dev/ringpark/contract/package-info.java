/**
 * What every backend shows its users, in both modes: each test of a subclass of {@code Contract} runs once for each
 * {@code Flavor}. Knows the exported API alone, so that a new backend needs nothing here but a flavor's name.
 *
 * <p>What shall hold over Unix sockets, too, takes its sockets from {@code streams()} (both ends ours),
 * {@code foreign()} (the far one the JDK's), {@code listener()}, {@code channelTo()} and {@code ownAddressOfFamily()}
 * alone, and has a subclass that overrides {@code family()}; {@code pair()}, {@code outside()}, {@code peerOf()} and
 * {@code ownAddress()} are the same over TCP and nothing else.
 */
@NullMarked
package dev.ringpark.contract;

import org.jspecify.annotations.NullMarked;
