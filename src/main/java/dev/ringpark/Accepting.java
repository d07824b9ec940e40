package dev.ringpark;

/** Where the connections of a {@link LoopServer} are accepted. */
public enum Accepting {
    /**
     * Each loop has a listener of its own on the one port (SO_REUSEPORT), and keeps what it accepts: no step from loop
     * to loop. On Linux the system spreads connections over the listeners by a hash of their addresses, evenly for many
     * and by luck for few; elsewhere one listener may get them all.
     */
    ON_EVERY_LOOP,

    /** One loop has the only listener, and deals what it accepts out to all loops in turn: even for few, too. */
    ON_ONE_LOOP
}
