package dev.ringpark.availability;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.AllDescriptors;
import java.io.IOException;

/**
 * A program of its own, to be started with a low limit of open files: takes all descriptors, then gives them back one
 * by one and tries to start a loop each time, until it succeeds.
 */
public final class DescriptorProbe {
    private DescriptorProbe() {}

    /** Tells how each attempt ended, one a line. */
    public static void main(String[] args) throws IOException {
        CarrierLoop.start().close();   // what the JDK opens once and keeps
        AllDescriptors taken = AllDescriptors.take();
        int free = 0;
        while (!starts(free)) {
            taken.giveOneBack();
            free++;
        }
    }

    private static boolean starts(int free) {
        try (CarrierLoop loop = CarrierLoop.start()) {
            System.out.println(free + " free: " + loop.backend().name());
            return true;
        } catch (IOException e) {
            System.out.println(free + " free: " + e);
            return false;
        }
    }
}
