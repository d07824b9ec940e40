/** Plain blocking I/O on virtual threads, carried by a loop that hands the kernel whole batches. */
module dev.ringpark {
    requires static org.jspecify;

    exports dev.ringpark;
}
