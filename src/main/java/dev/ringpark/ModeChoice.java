package dev.ringpark;

/**
 * How a loop's virtual threads run, and why.
 *
 * @param mode the mode
 * @param reason why it is this one; for {@link LoopMode#HANDED_OVER}, how to get the other
 */
public record ModeChoice(LoopMode mode, String reason) {

    /** One line for a log. */
    @Override
    public String toString() {
        return mode.label() + " (" + reason + ")";
    }
}
