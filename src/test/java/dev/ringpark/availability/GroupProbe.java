package dev.ringpark.availability;

import dev.ringpark.LoopGroup;
import java.io.IOException;

/** A program of its own: starts as many loops as it is told to, and tells what the first and the last run on. */
public final class GroupProbe {
    private GroupProbe() {}

    public static void main(String[] args) throws IOException {
        try (LoopGroup group = LoopGroup.start(Integer.parseInt(args[0]))) {
            System.out.println(group.loops().getFirst().backend());
            System.out.println(group.loops().getLast().backend());
        }
    }
}
