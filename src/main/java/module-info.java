/** Plain blocking I/O on virtual threads, carried by a loop that hands the kernel whole batches. */
module dev.ringpark {
    requires static java.instrument;   // there whenever the agent is
    requires static org.jspecify;

    exports dev.ringpark;
    exports dev.ringpark.dispatch;
    exports dev.ringpark.internal.agent to java.instrument;   // which calls it
}
