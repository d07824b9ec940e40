package dev.ringpark;

/** The two ways a loop's virtual threads run; the API and its results are the same in both. */
public enum LoopMode {
    /**
     * The loop's own thread is their carrier: a call fills in a submission and parks, and no thread is woken for I/O.
     * Needs {@code --add-opens java.base/java.lang}.
     */
    CARRIED("carried"),
    /** The JDK's scheduler carries them; the loop is one more platform thread, which wakes them. */
    HANDED_OVER("handed-over");

    private final String label;

    LoopMode(String label) {
        this.label = label;
    }

    /** The name used in the system property and the environment variable. */
    public String label() {
        return label;
    }

    static LoopMode ofLabel(String label) {
        for (LoopMode mode : values()) {
            if (mode.label.equals(label)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("mode is \"" + label + "\"; it has to be carried or handed-over");
    }
}
